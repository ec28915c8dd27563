import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { ClusterObject } from '../e2e/world/cluster.ts';
import { manifestOf } from './values/manifest.ts';

const TOP = join(import.meta.dirname, '../..');

async function objectsIn(folder: string): Promise<readonly ClusterObject[]> {
  const files = (await readdir(join(TOP, folder))).map((file) => readFile(join(TOP, folder, file), 'utf8'));
  return (await Promise.all(files)).flatMap((text) => parseAllDocuments(text).map((document) => document.toJS()));
}

test.each(['crds', 'config'])(
  'all of %s/ is in the chart, and not a word of what it says is another',
  async (folder) => {
    const { objects } = await manifestOf();
    const sources = await objectsIn(folder);
    expect(sources.length).toBeGreaterThan(3);
    for (const { apiVersion, kind, metadata, ...source } of sources) {
      const found = objects.find((object) => object.kind === kind && object.metadata.name === metadata.name);
      expect(found, `${kind} ${metadata.name}`).toMatchObject({ apiVersion, ...source });
    }
  },
);
