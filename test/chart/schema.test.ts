import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { USAGE } from '../../src/composition/flags.ts';

const SCHEMA = join(import.meta.dirname, '../../charts/apikey-rotation-operator/values.schema.json');

/** What other values say, what a pod has no use for, and what is for tests. */
const NOT_AMONG_FLAGS = [
  'kubeconfig',
  'context',
  'namespace',
  'cluster-kinds',
  'cluster-resource-namespace',
  'installation',
  'leader-elect',
  'leader-election-namespace',
  'host',
  'probe-port',
  'reports-port',
  'reports-tls-cert',
  'reports-tls-key',
  'aws-endpoint',
  'shutdown-grace',
];

interface Schema {
  readonly type?: string | readonly string[];
  readonly additionalProperties?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

const schema: Schema = JSON.parse(await readFile(SCHEMA, 'utf8'));

test('every flag of the operator can be given, but for those that other values give', () => {
  const flags = [...USAGE.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name = '']) => name);
  const given = Object.keys(schema.properties?.flags?.properties ?? {}).map(kebabCase);
  expect([...given, ...NOT_AMONG_FLAGS].sort()).toEqual(flags.sort());
});

test('no map with fields takes others', () => {
  expect(openMaps(schema, 'values')).toEqual([]);
});

const kebabCase = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function openMaps({ properties, items, definitions, additionalProperties }: Schema, path: string): readonly string[] {
  const isOpen = properties !== undefined && additionalProperties !== false;
  const inner = { ...properties, ...definitions, ...(items && { '*': items }) };
  const below = Object.entries(inner).flatMap(([name, one]) => openMaps(one, `${path}.${name}`));
  return isOpen ? [path, ...below] : below;
}
