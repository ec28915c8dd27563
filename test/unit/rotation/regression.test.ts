import { describe, expect, test } from 'vitest';
import { type Trace, traceFromTheFuture } from '../../../src/rotation/regression.ts';
import { absent, factsOf, type Given, idle, labelled, marker, serving, unmarked } from './facts.ts';

const ROWS: Record<string, Given & { trace: Trace | undefined }> = {
  'nobody looked': { trace: undefined },
  'markers and labels at or below the committed attempt': {
    targets: [serving('k1', [1, 1]), absent(), unmarked('k7')],
    labelled: [labelled('k1', 1, 1), labelled('k0', 0, 9)],
    trace: undefined,
  },
  'a label of a later attempt, even of a dead key': {
    labelled: [labelled('k1', 1, 1), labelled('k2', 1, 2, false)],
    trace: { revision: 1, attempt: 2, place: 'key k2 at the issuer', planted: false },
  },
  'a marker of a later revision whose key the issuer knows as ours': {
    targets: [serving('k2', [2, 1])],
    labelled: [labelled('k2', 2, 1)],
    trace: { revision: 2, attempt: 1, place: 'key k2 at the issuer', planted: false },
  },
  'the highest of several traces': {
    targets: [serving('k3', [3, 2])],
    labelled: [labelled('k2', 2, 9), labelled('k3', 3, 1)],
    trace: { revision: 3, attempt: 2, place: 'target vault', planted: false },
  },
  'a fence without a key': {
    targets: [serving('', [2, 1])],
    labelled: [],
    trace: { revision: 2, attempt: 1, place: 'target vault', planted: false },
  },
  'a marker above ours with a key that the issuer does not list: planted': {
    targets: [serving('k8', [9, 9])],
    labelled: [labelled('k1', 1, 1)],
    trace: { revision: 9, attempt: 9, place: 'target vault', planted: true },
  },
  'a marker of another rotation or installation says nothing': {
    targets: [
      serving('k8', [1, 1], { marker: marker(9, 9, 'k8', { uid: 'uid-2' }) }),
      serving('k8', [1, 1], { marker: marker(9, 9, 'k8', { installation: 'other' }) }),
    ],
    labelled: [],
    trace: undefined,
  },
};

describe('traces of a future that status does not know', () => {
  test.each(Object.entries(ROWS))('%s', (_sentence, { trace, ...given }) => {
    expect(traceFromTheFuture(factsOf({ status: idle(), ...given }))).toEqual(trace);
  });

  test('an object without status has committed nothing', () => {
    expect(traceFromTheFuture(factsOf({ labelled: [labelled('k1', 1, 1)] }))).toMatchObject({
      revision: 1,
      attempt: 1,
    });
  });
});
