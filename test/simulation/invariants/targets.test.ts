import { describe, expect, test } from 'vitest';
import { fingerprint } from '../../../src/key/fingerprint.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { callOf } from '../kernel/faults.ts';
import type { Happening } from '../ledger/ledger.ts';
import { commits, judge, keyOf, type Line, serves } from './history.ts';
import { servedIsAlive } from './targets.ts';

const TEXT = 'a text that is long enough';
const DEAD = { ...keyOf(1, false), text: TEXT, fingerprint: fingerprint(new SecretValue(TEXT)) };

describe('S4, an outsider puts an old key back, and it is revoked', () => {
  test.each<[string, Line[], number]>([
    [
      'after the decision',
      [
        [2, 'op1', decides()],
        [3, 'outside', putBack()],
      ],
      0,
    ],
    [
      'before the decision, unseen',
      [
        [1, 'outside', putBack()],
        [2, 'op1', decides()],
      ],
      0,
    ],
    [
      'and who decided saw it there',
      [
        [1, 'outside', putBack()],
        [1.5, 'op1', sees()],
        [2, 'op1', decides()],
      ],
      1,
    ],
    [
      'and another one saw it there',
      [
        [1, 'outside', putBack()],
        [1.5, 'op2', sees()],
        [2, 'op1', decides()],
      ],
      0,
    ],
  ])('%s', (_name, lines, problems) => {
    const issued: Line = [0, 'op1', { type: 'Issued', key: DEAD }];
    const history: Line[] = [issued, ...lines, [9, 'op1', { type: 'Died', key: DEAD, how: 'Revoked' }]];
    expect(judge(servedIsAlive, history)).toHaveLength(problems);
  });
});

function putBack(): Happening {
  return serves(DEAD);
}

function decides(): Happening {
  const plan = { targets: [{ path: 'apio' }] };
  return commits({ rotation: { plan } }, { rotation: { plan, revokeIntent: { keyID: 'k1' } } });
}

function sees(): Happening {
  return { type: 'Answered', call: callOf('store read', 'apio'), value: { fields: { key: new SecretValue(TEXT) } } };
}
