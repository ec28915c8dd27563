import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import type { ClusterObject } from '../e2e/world/cluster.ts';
import { blocksOf } from '../integration/documents/block.ts';
import { helm, rendered } from './helm.ts';

const chartValues = blocksOf('charts/apikey-rotation-operator/README.md').filter(({ language }) => language === 'yaml');
const quickstart = blocksOf('docs/quickstart.md').filter(({ heading }) => heading === 'On a cluster');
const text = quickstart.map((block) => block.text).join('');

test.each(chartValues)('the chart takes the values of $name', async (block) => {
  // What a reader replaces by their own.
  const values = parse(block.text.replaceAll(/<[^>]+>/g, 'mine'));
  await expect(rendered(values)).resolves.toContain('kind: Deployment');
});

test('what the quickstart installs has the names that its commands go on with', async () => {
  const [, words = ''] = /^helm install ((?:.*\\\n)*.*)$/m.exec(text) ?? [];
  const args = words.replaceAll('\\\n', ' ').split(/ +/);
  const objects: ClusterObject[] = parseAllDocuments(
    await helm(['template', ...args.filter((word) => word !== '--create-namespace')]),
  )
    .map((document) => document.toJS())
    .filter((object) => object !== null);
  const has = (kind: string, name = '') =>
    objects.some((object) => object.kind === kind && object.metadata.name === name);
  const named = (pattern: RegExp) => pattern.exec(text)?.[1];
  expect(has('Deployment', named(/rollout status deployment (\S+)/))).toBe(true);
  expect(has('ClusterRole', named(/--clusterrole=(\S+)/))).toBe(true);
  expect(has('ServiceAccount', named(/--serviceaccount=apikey-rotation:(\S+)/))).toBe(true);
  expect(has('Service', 'apikey-rotation-operator')).toBe(true);
});
