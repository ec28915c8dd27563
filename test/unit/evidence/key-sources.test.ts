import { expect, test } from 'vitest';
import { keySources, type PodTemplate, reads } from '../../../src/evidence/rollout/key-sources.ts';
import { formatSelector } from '../../../src/evidence/rollout/label-selector.ts';

const env = (key: string) => [{ valueFrom: { secretKeyRef: { name: 'apio', key } } }];

/** Whether pods of the template read key `key` of Secret `apio`. */
const TEMPLATES: readonly (readonly [string, NonNullable<PodTemplate['spec']>, boolean])[] = [
  ['an environment variable', { containers: [{ env: env('key') }] }, true],
  ['a variable of an init container', { initContainers: [{ env: env('key') }] }, true],
  ['a variable with another field of it', { containers: [{ env: env('keyID') }] }, false],
  ['all of it as environment', { containers: [{ envFrom: [{ secretRef: { name: 'apio' } }] }] }, true],
  ['a volume', { volumes: [{ secret: { secretName: 'apio' } }] }, true],
  ['a volume with that field', { volumes: [{ secret: { secretName: 'apio', items: [{ key: 'key' }] } }] }, true],
  ['a volume with another field', { volumes: [{ secret: { secretName: 'apio', items: [{ key: 'keyID' }] } }] }, false],
  ['a projected volume', { volumes: [{ projected: { sources: [{ secret: { name: 'apio' } }] } }] }, true],
  ['a volume of another Secret', { volumes: [{ secret: { secretName: 'other' } }] }, false],
  ['a volume of a CSI driver, which is not looked into', { volumes: [{}] }, false],
  ['nothing', {}, false],
];

test.each(TEMPLATES)('%s', (_name, spec, expected) => {
  expect(reads(keySources({ spec }), 'apio', 'key')).toBe(expected);
});

test('a selector is written as the API takes it', () => {
  const matchExpressions = [
    { key: 'tier', operator: 'In', values: ['a', 'b'] },
    { key: 'canary', operator: 'NotIn', values: ['yes'] },
    { key: 'app', operator: 'Exists' },
    { key: 'old', operator: 'DoesNotExist' },
  ];
  expect(formatSelector({ matchLabels: { app: 'api' }, matchExpressions })).toBe(
    'app=api,tier in (a,b),canary notin (yes),app,!old',
  );
});
