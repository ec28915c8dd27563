import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { CHART } from './helm.ts';
import { merged } from './values/leaves.ts';
import { manifestOf } from './values/manifest.ts';

test('a second release with the values of the README shares nothing with the first one but the account', async () => {
  const readme = await readFile(`${CHART}/README.md`, 'utf8');
  const [, block = ''] = /## A second release[^#]*```yaml\n(.*?)```/s.exec(readme) ?? [];
  const values = parse(block);
  const first = await manifestOf({ rbac: { namespaces: ['payments'] } });
  const second = await manifestOf(merged({ fullnameOverride: 'second' }, values));
  const titles = (objects: typeof first.objects) =>
    objects.map(({ kind, metadata: { name, namespace = '' } }) => `${kind} ${namespace}/${name}`);
  expect(titles(second.objects).filter((title) => titles(first.objects).includes(title))).toEqual([]);
  expect(second.at('Deployment second: spec.template.spec.serviceAccountName')).toBe('apikey-rotation');
});
