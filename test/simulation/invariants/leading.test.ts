import { describe, expect, test } from 'vitest';
import { callOf } from '../kernel/faults.ts';
import type { Happening } from '../ledger/ledger.ts';
import { begins, judge, type Line } from './history.ts';
import { actsSoon, underTheLease } from './leading.ts';

const held = (holderIdentity: string): Happening => ({
  type: 'LeaseWritten',
  after: { metadata: { name: 'operator' }, spec: { holderIdentity } },
});
const struck = (fault: 'clock-double' | 'pause'): Happening => ({
  type: 'Struck',
  call: callOf('store read'),
  fault,
  number: 1,
});

describe('L6, one process at a time', () => {
  test.each<[string, Line[], string[]]>([
    [
      'the holder calls soon after a renewal',
      [
        [0, 'op1', held('op1')],
        [10, 'op1', begins('store write')],
      ],
      [],
    ],
    [
      'the holder calls when its lease may have passed',
      [
        [0, 'op1', held('op1')],
        [10.001, 'op1', begins('store write')],
      ],
      ['store write was begun 10001 ms after the last renewal'],
    ],
    [
      'another one calls',
      [
        [0, 'op1', held('op1')],
        [1, 'op2', begins('issuer issue')],
      ],
      ['issuer issue was begun while the Lease names op1'],
    ],
    ['nobody holds it', [[1, 'op2', begins('issuer issue')]], ['issuer issue was begun while the Lease names nobody']],
    [
      'another one reads',
      [
        [0, 'op1', held('op1')],
        [1, 'op2', begins('store read')],
      ],
      [],
    ],
    [
      'another one takes a report',
      [
        [0, 'op1', held('op1')],
        [1, 'op2', begins('kube CREATE migrationreports')],
      ],
      [],
    ],
    [
      'a clock runs at double rate',
      [
        [0, 'op1', held('op1')],
        [1, 'op1', struck('clock-double')],
        [2, 'op2', begins('store write')],
      ],
      [],
    ],
  ])('%s', (_name, lines, problems) => {
    expect(judge(underTheLease, lines, { elected: true })).toEqual(problems);
    expect(judge(underTheLease, lines)).toEqual([]);
  });
});

describe('L6, the next leader', () => {
  const running = { metadata: { name: 'apio' }, spec: {}, status: { rotation: {} } };
  const intent = { type: 'StatusWritten', before: running, after: running, guarded: true } as unknown as Happening;
  const acts = begins('kube PUT status apikeyrotations');

  test.each<[string, Line[], number]>([
    [
      'acts in time',
      [
        [1, 'op1', intent],
        [18, 'op2', held('op2')],
        [19, 'op2', acts],
      ],
      0,
    ],
    [
      'takes the lease too late',
      [
        [1, 'op1', intent],
        [35, 'op2', held('op2')],
        [35, 'op2', acts],
      ],
      1,
    ],
    [
      'takes it and waits',
      [
        [1, 'op1', intent],
        [18, 'op2', held('op2')],
        [27, 'op2', acts],
      ],
      1,
    ],
    [
      'has nothing to do',
      [
        [18, 'op2', held('op2')],
        [60, 'op2', acts],
      ],
      0,
    ],
    [
      'was paused itself',
      [
        [1, 'op1', intent],
        [2, 'op2', struck('pause')],
        [60, 'op2', held('op2')],
        [61, 'op2', acts],
      ],
      0,
    ],
    [
      'got the lease back',
      [
        [1, 'op1', intent],
        [2, 'op1', held('')],
        [60, 'op2', held('op2')],
        [61, 'op2', acts],
      ],
      0,
    ],
  ])('%s', (_name, lines, problems) => {
    const history: Line[] = [[0, 'op1', held('op1')], ...lines];
    expect(judge(actsSoon, history, { elected: true })).toHaveLength(problems);
  });
});
