import { expect, test } from 'vitest';
import type { ApiKeyRotation } from '../../../src/api/types.ts';
import type { Happening } from '../ledger/ledger.ts';
import { othersDoNotSlow } from './fairness.ts';
import { begins, judge, type Line } from './history.ts';

const object = (status: object, rotate?: string) =>
  ({
    metadata: { name: 'apio', annotations: rotate ? { 'apikeyrotation.io/rotate': rotate } : {} },
    spec: {},
    status: { current: { keyID: 'k1' }, ...status },
  }) as unknown as ApiKeyRotation;
const asks = (status: object = { revision: 1 }): Happening => ({
  type: 'ObjectWritten',
  before: object(status),
  after: object(status, 'a'),
});
const intent: Happening = {
  type: 'StatusWritten',
  before: object({ revision: 1 }, 'a'),
  after: object({ revision: 2, rotation: {} }, 'a'),
  guarded: true,
};
const lost: Happening = { type: 'EventStruck', fate: 'Lost', number: 1 };

test.each<[string, Line[], number]>([
  [
    'is begun at once',
    [
      [0, 'outside', asks()],
      [3, 'op1', begins('issuer list')],
      [30, 'op1', intent],
    ],
    0,
  ],
  [
    'is begun late',
    [
      [0, 'outside', asks()],
      [6, 'op1', begins('issuer list')],
      [7, 'op1', intent],
    ],
    1,
  ],
  [
    'is begun late because an event was lost',
    [
      [0, 'outside', asks()],
      [1, 'op1', lost],
      [6, 'op1', begins('issuer list')],
      [7, 'op1', intent],
    ],
    0,
  ],
  [
    'came while another rotation ran',
    [
      [0, 'outside', asks({ revision: 1, rotation: {} })],
      [60, 'op1', intent],
    ],
    0,
  ],
])('L5: what was asked for %s', (_name, lines, problems) => {
  expect(judge(othersDoNotSlow, lines)).toHaveLength(problems);
});
