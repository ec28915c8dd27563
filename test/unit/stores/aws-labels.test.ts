import { describe, expect, it, test } from 'vitest';
import { CallError } from '../../../src/http/call-error.ts';
import type { Marker } from '../../../src/key/marker.ts';
import { keptLabel, markerLabel, markerOf, ownLabels } from '../../../src/stores/aws/aws-labels.ts';
import { deadLabels } from '../../../src/stores/aws/label-upkeep.ts';
import { versionIdOf } from '../../../src/stores/aws/version-id.ts';

const MARKER: Marker = { installation: 'cluster-1', uid: 'uid-1', revision: 2, attempt: 3, keyID: 'k_1' };

describe('the label that is a marker', () => {
  it('is written as the design says', () => {
    expect(markerLabel(MARKER)).toBe('akr/cluster-1/uid-1/2.3/k_1');
  });

  it.each(['k_1', '', 'a/b', 'ключ', '%2F', 'with space'])('gives the key id %j back', (keyID) => {
    expect(markerOf(['AWSCURRENT', markerLabel({ ...MARKER, keyID })])).toEqual({ ...MARKER, keyID });
  });

  it.each([
    [[]],
    [['AWSCURRENT']],
    [['akr/']],
    [['akr/cluster-1/uid-1/2.3']],
    [['akr/cluster-1/uid-1/2.x/k']],
    [['akr/a/b/c/2.3/k']],
    [['akr/cluster-1/uid-1/2.3/%']],
    [['other/cluster-1/uid-1/2.3/k']],
  ])('is not among %j', (labels) => {
    expect(markerOf(labels)).toBeUndefined();
  });

  it('is the highest of several: one that somebody adds can only stop a write', () => {
    const labels = [
      [1, 9],
      [3, 1],
      [2, 4],
    ].map(([revision = 0, attempt = 0]) => markerLabel({ ...MARKER, revision, attempt }));
    expect(markerOf(labels)).toMatchObject({ revision: 3, attempt: 1 });
  });

  it('is not the one that keeps a replaced version', () => {
    expect(markerOf([keptLabel(MARKER)])).toBeUndefined();
    expect(ownLabels([keptLabel(MARKER)], MARKER)).toHaveLength(1);
  });

  it('is refused where AWS would not take it, before anything is written', () => {
    const long = () => markerLabel({ ...MARKER, keyID: 'k'.repeat(240) });
    expect(long).toThrow(CallError);
    expect(long).toThrow('shorter --installation');
  });
});

test('labels of other rotations are nobody else’s to take off', () => {
  const foreign = markerLabel({ ...MARKER, uid: 'uid-2' });
  const labels = new Map([
    ['v1', ['AWSPREVIOUS', foreign, markerLabel({ ...MARKER, revision: 1 })]],
    ['v2', ['AWSCURRENT', markerLabel(MARKER)]],
  ]);
  expect(deadLabels(labels, MARKER).map(({ text, version }) => [version, text])).toEqual([
    ['v1', 'akr/cluster-1/uid-1/1.3/k_1'],
  ]);
});

describe('the id of a version', () => {
  const name = { address: 'aws:eu-north-1:123456789012', path: 'shop/api', marker: MARKER, text: '{"key":"x"}' };

  it('is a UUID of version 5, the same for the same write', () => {
    expect(versionIdOf(name)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(versionIdOf({ ...name })).toBe(versionIdOf(name));
  });

  it.each<[string, Partial<typeof name>]>([
    ['place', { address: 'aws:eu-west-1:123456789012' }],
    ['path', { path: 'shop/other' }],
    ['attempt', { marker: { ...MARKER, attempt: 4 } }],
    ['value', { text: '{"key":"y"}' }],
  ])('is another for another %s', (_, change) => {
    expect(versionIdOf({ ...name, ...change })).not.toBe(versionIdOf(name));
  });
});
