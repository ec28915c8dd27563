import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const TOP = join(import.meta.dirname, '../../..');
const DOCUMENTS = globSync(['*.md', '{docs,examples,charts,packages}/**/*.md'], {
  cwd: TOP,
  exclude: (name) => name.endsWith('node_modules'),
}).toSorted();
/** Whatever may tell a person to read a page. */
const SOURCES = globSync(['{src,crds,config,charts,packages,examples,demo,sandbox}/**/*.{ts,yaml,yml,tpl,txt,json}'], {
  cwd: TOP,
  exclude: (name) => name.endsWith('node_modules'),
});

interface Package {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

const { scripts, dependencies }: Package = JSON.parse(read('package.json'));

function read(path: string): string {
  return readFileSync(join(TOP, path), 'utf8');
}

/** What the first group of a pattern catches in a document, in order. */
function found(document: string, pattern: RegExp): readonly string[] {
  return [...read(document).matchAll(pattern)].map(([, text]) => text ?? '');
}

/** A document without its code in lines of text, where a regular expression may look like a link. */
function prose(document: string): string {
  return read(document).replace(/`[^`\n]*`/g, '');
}

/** The anchors of a document's headings, as GitHub makes them. */
function headings(document: string): readonly string[] {
  return found(document, /^#+ (.+)$/gm).map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('the documents', () => {
  it.each(DOCUMENTS)('%s links to nothing that is missing', (document) => {
    const links = [...prose(document).matchAll(/\]\(([^)#:]+)\)/g)].map(([, link = '']) => link);
    expect(links.filter((link) => !existsSync(join(TOP, dirname(document), link)))).toEqual([]);
  });

  it.each(DOCUMENTS)('%s links to no heading that is missing', (document) => {
    const links = [...prose(document).matchAll(/\]\(([^)#:]*)#([^)]+)\)/g)];
    const broken = links.filter(([, file = '', heading = '']) => {
      const target = file === '' ? document : join(dirname(document), file);
      return target.endsWith('.md') && !headings(target).includes(heading);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  it('lead from their index to every page', () => {
    const links = [...prose('docs/README.md').matchAll(/\]\(([^)#:]+)/g)].map(([, link = '']) => join('docs', link));
    const pages = globSync('docs/*.md', { cwd: TOP }).filter((page) => page !== 'docs/README.md');
    expect(pages.filter((page) => !links.includes(page))).toEqual([]);
  });

  it('are there where a message, a comment or a manifest names one', () => {
    const named = SOURCES.flatMap((source) =>
      found(source, /\b(docs\/[\w/-]+\.md)/g).map((page) => `${source}: ${page}`),
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((line) => !existsSync(join(TOP, line.replace(/.*: /, ''))))).toEqual([]);
  });

  it('name only npm scripts that exist', () => {
    const named = DOCUMENTS.flatMap((document) => found(document, /npm run ([a-z0-9]+)/g));
    expect(named).toContain('demo');
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('name only source folders that exist', () => {
    const named = found('CONTRIBUTING.md', /`((?:src|sandbox|packages|bin|crds)\/[\w/-]*)`/g);
    expect(named).toContain('src/rotation/');
    expect(named.filter((name) => !existsSync(join(TOP, name)))).toEqual([]);
  });

  it('give the reason for each runtime dependency, and for no other', () => {
    const named = found('docs/decisions/0001-runtime-dependencies.md', /^\| (\S+) \| (?:MIT|Apache-2\.0) \|/gm);
    expect(named.toSorted()).toEqual(Object.keys(dependencies).toSorted());
  });
});
