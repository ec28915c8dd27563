import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const TOP = join(import.meta.dirname, '../../..');

/** One fenced block of a page. */
export interface Block {
  /** Relative to the project. */
  readonly page: string;
  /** The heading that it stands under. */
  readonly heading: string;
  readonly language: string;
  readonly text: string;
  /** `docs/page.md “Heading” sh 2`: the second block of that language under that heading. */
  readonly name: string;
}

/** Every page whose blocks have to hold. */
export const PAGES = globSync(['*.md', '{charts,docs,examples,packages}/**/*.md'], {
  cwd: TOP,
  exclude: (name) => name.endsWith('node_modules'),
}).toSorted();

/** A heading, or a block with its language and text; the fence of a block in a list is indented as the list is. */
const HEADING_OR_BLOCK = /^#+ (?<heading>.+)$|^(?<indent> *)```(?<language>\w*)\n(?<text>[\s\S]*?)^\k<indent>```$/gm;

/** All blocks of a page, in their order. */
export function blocksOf(page: string): readonly Block[] {
  const blocks: Block[] = [];
  let heading = '';
  for (const { groups = {} } of readFileSync(join(TOP, page), 'utf8').matchAll(HEADING_OR_BLOCK)) {
    const { language = '', text = '', indent = '' } = groups;
    if (groups.heading !== undefined) heading = groups.heading;
    else
      blocks.push(
        named(blocks, { page, heading, language, text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), '') }),
      );
  }
  return blocks;
}

function named(before: readonly Block[], block: Omit<Block, 'name'>): Block {
  const { page, heading, language } = block;
  const same = before.filter((other) => other.heading === heading && other.language === language);
  return { ...block, name: `${page} “${heading}” ${language} ${same.length + 1}` };
}

/** The blocks of some languages on all pages. */
export function blocksIn(...languages: readonly string[]): readonly Block[] {
  return PAGES.flatMap(blocksOf).filter(({ language }) => languages.includes(language));
}

/** The names that a block goes by, from the narrowest: its own, all of its language under that heading, all on that page. */
export function namesOf({ name, page, language }: Block): readonly string[] {
  return [name, name.replace(/ \d+$/, ''), `${page} ${language}`];
}

/**
 * The blocks of a name, for a test that plays them: so they are run as the page has them, and the accounts of the blocks can be held to the
 * test, in which the name stands.
 */
export function documented(name: string): readonly Block[] {
  const [page = ''] = /^\S+\.md/.exec(name) ?? [];
  const blocks = blocksOf(page).filter((block) => namesOf(block).includes(name));
  if (blocks.length === 0) throw new Error(`no page has a block ${name}`);
  return blocks;
}

/** The text of the only block of a name. */
export function documentedText(name: string): string {
  const [block, ...others] = documented(name);
  if (!block || others.length > 0) throw new Error(`there is more than one block ${name}`);
  return block.text;
}
