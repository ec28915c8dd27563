import { beforeAll, describe, expect, test } from 'vitest';
import { argoHealthOf, SCRIPT } from './argo-health.ts';
import { kstatusOf } from './kstatus.ts';
import { type Album, playPhases, rotatingOf } from './phases.ts';

let album: Album;
beforeAll(async () => {
  album = await playPhases();
});

/** The moment, the reason of Rotating, what kstatus (Flux, Helm) calls it, what Argo CD shows. */
const MOMENTS = [
  ['made, and not looked at yet', undefined, 'InProgress', 'Progressing'],
  ['issuing its first key', 'Issuing', 'InProgress', 'Progressing'],
  ['settled', 'Settled', 'Current', 'Healthy'],
  ['changed, and not looked at yet', 'Settled', 'InProgress', 'Progressing'],
  ['changed, and seen', 'Settled', 'Current', 'Healthy'],
  // A rotation is no reason for a deployment to wait: the key in use works all the time.
  ['cannot publish the next key', 'ServiceUnavailable', 'Current', 'Healthy'],
  ['migrating', 'Migrating', 'Current', 'Healthy'],
  ['held at the deadline', 'Held', 'Failed', 'Degraded'],
  ['revoking', 'Revoking', 'Current', 'Healthy'],
  ['cannot revoke the old key', 'ServiceUnavailable', 'Current', 'Healthy'],
  ['settled again', 'Settled', 'Current', 'Healthy'],
  ['suspended', 'Suspended', 'Current', 'Suspended'],
  ['in conflict with a foreign value', 'Conflict', 'Failed', 'Degraded'],
  ['asked to go', 'Migrating', 'Terminating', 'Progressing'],
  ['going', 'ServiceUnavailable', 'Terminating', 'Progressing'],
  ['names an issuer that is not there', 'IssuerNotFound', 'InProgress', 'Progressing'],
  ['has a schedule that never fires', 'InvalidSpec', 'Failed', 'Degraded'],
  ['an issuer, not checked yet', undefined, 'InProgress', 'Progressing'],
  ['a store, not checked yet', undefined, 'InProgress', 'Progressing'],
  // Neither is stalled: the check is made again by itself. Argo CD says Degraded, as it does for other issuers and stores.
  ['an issuer whose check fails', undefined, 'InProgress', 'Degraded'],
  ['a store whose check fails', undefined, 'InProgress', 'Degraded'],
  ['an issuer that works', undefined, 'Current', 'Healthy'],
  ['a store that works', undefined, 'Current', 'Healthy'],
] as const;

describe('an object of ours', () => {
  test.each(MOMENTS)('%s: Rotating %s, kstatus %s, Argo CD %s', (moment, rotating, kstatus, argo) => {
    const object = album.get(moment) ?? expect.fail('nobody has seen it');
    expect({ rotating: rotatingOf(object), kstatus: kstatusOf(object), argo: argoHealthOf(object).status }).toEqual({
      rotating,
      kstatus,
      argo,
    });
  });

  test('is seen at no other moment', () => {
    expect([...album.keys()].toSorted()).toEqual(MOMENTS.map(([moment]) => moment).toSorted());
  });

  test.each([
    ['migrating', 'waiting for api'],
    ['held at the deadline', 'api'],
    ['in conflict with a foreign value', 'payments/apio'],
    ['suspended', 'spec.suspend'],
    ['an issuer whose check fails', 'not now'],
  ])('%s: Argo CD shows what is to be known, %s', (moment, words) => {
    expect(argoHealthOf(album.get(moment) ?? {}).message).toContain(words);
  });
});

test('a whole rotation leaves alone what Git says of the object', () => {
  const [made, later] = ['made, and not looked at yet', 'settled again'].map((moment) => album.get(moment));
  const { labels, annotations, ownerReferences } = later?.metadata ?? {};
  expect({ labels, ownerReferences }).toEqual({});
  expect(annotations).toEqual({ 'apikeyrotation.io/rotate': 'a' });
  expect(later?.spec).toEqual({ ...made?.spec, migration: { deadline: '1h' } });
});

describe('kstatus', () => {
  const conditions = (...types: string[]) => ({
    metadata: { generation: 1 },
    status: { observedGeneration: 1, conditions: types.map((type) => ({ type, status: 'True' as const })) },
  });

  test.each([
    ['an object without status is Current: hence the default of our CRDs', { metadata: { generation: 1 } }, 'Current'],
    [
      'the default is a generation that never was',
      { metadata: { generation: 1 }, status: { observedGeneration: -1 } },
      'InProgress',
    ],
    ['Reconciling is InProgress', conditions('Ready', 'Reconciling'), 'InProgress'],
    ['Stalled is Failed, whatever Ready says', conditions('Ready', 'Stalled'), 'Failed'],
    ['the first of them decides', conditions('Reconciling', 'Stalled'), 'InProgress'],
    ['other conditions say nothing', conditions('Rotating'), 'Current'],
    [
      'Unknown is no True',
      { metadata: {}, status: { conditions: [{ type: 'Ready', status: 'Unknown' as const }] } },
      'InProgress',
    ],
  ])('%s', (_rule, object, status) => {
    expect(kstatusOf(object)).toBe(status);
  });
});

test('the script for Argo CD calls nothing but ipairs and itself', () => {
  const code = SCRIPT.replace(/--.*$/gm, '').replace(/"[^"]*"/g, '""');
  const called = [...code.matchAll(/([\w.:]+)\(/g)].map(([, name]) => name);
  expect([...new Set(called)].toSorted()).toEqual(['condition', 'health', 'ipairs']);
});
