import { describe, expect, test } from 'vitest';
import type { Happening } from '../ledger/ledger.ts';
import { commits, judge, type Line } from './history.ts';
import { authenticReports } from './reporting.ts';

type Spec = Extract<Happening, { type: 'ReportWritten' }>['report']['spec'];

const records = (type: Spec['type'], more: object = {}): Line => {
  const reporter = { username: 'api', podName: 'api-0', podUID: 'pod' };
  const spec = { rotationRef: { name: 'apio', uid: 'uid' }, revision: 2, consumer: 'api', fingerprint: 'print' };
  const report = { metadata: { name: 'report' }, spec: { ...spec, type, reporter, ...more } };
  return [2, 'op1', { type: 'ReportWritten', report } as unknown as Happening];
};
const told: Line = [
  1,
  'outside',
  { type: 'Told', pod: 'pod', consumer: 'api', uid: 'uid', revision: 2, fingerprint: 'print' },
];

describe('S11, what is recorded', () => {
  test.each<[string, Line, number]>([
    ['is what a pod said', records('Report'), 0],
    ['is what somebody proved', records('Proof'), 0],
    ['is of another pod', records('Report', { reporter: { podName: 'api-1', podUID: 'other' } }), 1],
    ['is of another consumer', records('Proof', { consumer: 'batch' }), 1],
    ['is about another key', records('Report', { fingerprint: 'other' }), 1],
    ['was proved for the revision before', records('Proof', { revision: 1 }), 1],
    ['is about a revision to come', records('Report', { revision: 3 }), 1],
    ['is about another object', records('Report', { rotationRef: { name: 'apio', uid: 'other' } }), 1],
  ])('%s', (_name, line, problems) => {
    expect(judge(authenticReports, [[0, 'op1', commits({}, { revision: 2 })], told, line])).toHaveLength(problems);
  });
});
