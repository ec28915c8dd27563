import { describe, expect, it } from 'vitest';
import type { ConsumerSpec, MigrationReport } from '../../../src/api/types.ts';
import { assessConsumers, type EvidenceInput } from '../../../src/evidence/assess-consumers.ts';
import type { PodView } from '../../../src/evidence/pod-view.ts';
import { buildReport, type Claim } from '../../../src/evidence/report-record.ts';

const SUBJECT = { uid: 'uid-1', revision: 3, fingerprint: 'aaaaaaaaaaaaaaaa' };

function pod(name: string, change: Partial<PodView> = {}): PodView {
  return {
    name,
    uid: `uid-of-${name}`,
    phase: 'Running',
    serviceAccountName: 'payments',
    labels: { app: 'api' },
    creationTimestamp: '2030-01-01T00:00:00Z',
    ...change,
  };
}

function report(podName: string, change: Partial<Claim> = {}): MigrationReport {
  return buildReport({
    ...SUBJECT,
    namespace: 'team',
    rotationName: 'payments',
    consumer: 'api',
    type: 'Report',
    reporter: { username: 'system:serviceaccount:team:payments', podName, podUID: `uid-of-${podName}` },
    reportedAt: '2030-01-01T00:10:00Z',
    ...change,
  });
}

const proof = (change: Partial<Claim> = {}) => report('', { type: 'Proof', reporter: undefined, ...change });

const REPORT: ConsumerSpec = {
  name: 'api',
  evidence: [
    { type: 'Report', report: { serviceAccountName: 'payments', podSelector: { matchLabels: { app: 'api' } } } },
  ],
};
const COUNTING: ConsumerSpec = {
  name: 'api',
  evidence: [{ type: 'Report', report: { serviceAccountName: 'payments', whenNoPods: 'Count' } }],
};
const PROOF: ConsumerSpec = { name: 'api', evidence: [{ type: 'Proof' }] };
const BOTH: ConsumerSpec = { name: 'api', evidence: [...REPORT.evidence, ...PROOF.evidence] };

interface Case extends Partial<EvidenceInput> {
  consumer: ConsumerSpec;
  state: 'Pending' | 'Migrated';
  missing?: string[];
  message: string | RegExp;
}

function assess({ consumer, ...rest }: Partial<EvidenceInput> & { consumer: ConsumerSpec }) {
  const input: EvidenceInput = {
    ...SUBJECT,
    namespace: 'team',
    rotationName: 'payments',
    publishedAt: '2030-01-01T00:05:00Z',
    rollouts: new Map(),
    consumers: [consumer],
    statuses: [{ name: 'api', state: 'Pending', proofHash: 'f'.repeat(64) }],
    reports: [],
    pods: [],
    usage: undefined,
    guard: undefined,
    ...rest,
  };
  return assessConsumers(input);
}

const CASES: Record<string, Case> = {
  'every pod reported': {
    consumer: REPORT,
    pods: [pod('a'), pod('b')],
    reports: [report('a'), report('b')],
    state: 'Migrated',
    message: 'every live pod reported (2 of 2 reported)',
  },
  'a pod that has not reported is named': {
    consumer: REPORT,
    pods: [pod('c'), pod('b'), pod('a')],
    reports: [report('b')],
    state: 'Pending',
    missing: ['a', 'c'],
    message: 'waiting for reports of pods a, c (1 of 3 reported)',
  },
  'a report of an old revision does not count': {
    consumer: REPORT,
    pods: [pod('a')],
    reports: [report('a', { revision: 2 })],
    state: 'Pending',
    missing: ['a'],
    message: 'waiting for reports of pod a (0 of 1 reported)',
  },
  'a report for an object that was recreated under the same name does not count': {
    consumer: REPORT,
    pods: [pod('a')],
    reports: [report('a', { uid: 'uid-0' })],
    state: 'Pending',
    missing: ['a'],
    message: /0 of 1/,
  },
  'a report of another key does not count': {
    consumer: REPORT,
    pods: [pod('a')],
    reports: [report('a', { fingerprint: 'bbbbbbbbbbbbbbbb' })],
    state: 'Pending',
    missing: ['a'],
    message: /0 of 1/,
  },
  'a report for another consumer does not count': {
    consumer: REPORT,
    pods: [pod('a')],
    reports: [report('a', { consumer: 'worker' })],
    state: 'Pending',
    missing: ['a'],
    message: /0 of 1/,
  },
  'a pod that took the name of one that reported counts anew': {
    consumer: REPORT,
    pods: [pod('a', { uid: 'another' })],
    reports: [report('a')],
    state: 'Pending',
    missing: ['a'],
    message: /0 of 1/,
  },
  'a proof is no report': {
    consumer: REPORT,
    pods: [pod('a')],
    reports: [report('a', { type: 'Proof' })],
    state: 'Pending',
    missing: ['a'],
    message: /0 of 1/,
  },
  'a report without a pod matches no pod without a uid': {
    consumer: REPORT,
    pods: [pod('a', { uid: '' })],
    reports: [report('a', { reporter: { podUID: '' } })],
    state: 'Pending',
    missing: ['a'],
    message: /0 of 1/,
  },
  'pods that succeeded or failed are not awaited': {
    consumer: REPORT,
    pods: [pod('a'), pod('b', { phase: 'Succeeded' }), pod('c', { phase: 'Failed' })],
    reports: [report('a')],
    state: 'Migrated',
    message: /1 of 1/,
  },
  'pending, unknown and terminating pods are awaited': {
    consumer: REPORT,
    pods: [
      pod('a', { phase: 'Pending' }),
      pod('b', { phase: 'Unknown' }),
      pod('c', { deletionTimestamp: '2030-01-01T00:09:00Z' }),
    ],
    state: 'Pending',
    missing: ['a', 'b', 'c'],
    message: 'waiting for reports of pods a, b, c (0 of 3 reported)',
  },
  'a pod that started after publishing is awaited': {
    consumer: REPORT,
    pods: [pod('a'), pod('b', { creationTimestamp: '2030-01-01T00:30:00Z' })],
    reports: [report('a')],
    state: 'Pending',
    missing: ['b'],
    message: 'waiting for reports of pod b (1 of 2 reported)',
  },
  'pods of other ServiceAccounts and labels are not awaited': {
    consumer: REPORT,
    pods: [pod('a'), pod('b', { serviceAccountName: 'other' }), pod('c', { labels: { app: 'x' } })],
    reports: [report('a')],
    state: 'Migrated',
    message: /1 of 1/,
  },
  'without a pod the consumer is awaited': {
    consumer: REPORT,
    state: 'Pending',
    message: /^waiting for a pod: no live pod of ServiceAccount payments matches/,
  },
  'without a pod the consumer counts when spec says so': {
    consumer: COUNTING,
    state: 'Migrated',
    message: 'no live pod of ServiceAccount payments matches: nothing to migrate',
  },
  'pods that nobody looked at are never absent': {
    consumer: COUNTING,
    pods: undefined,
    state: 'Pending',
    message: 'the pods have not been looked at',
  },
  'a proof of this key completes': {
    consumer: PROOF,
    reports: [proof()],
    pods: undefined,
    state: 'Migrated',
    message: 'proved that it holds the key',
  },
  'a missing proof is awaited': { consumer: PROOF, state: 'Pending', message: 'waiting for a proof of consumer api' },
  'a proof of an old revision does not count': {
    consumer: PROOF,
    reports: [proof({ revision: 2 })],
    state: 'Pending',
    message: /^waiting for a proof/,
  },
  'a report is no proof': {
    consumer: PROOF,
    reports: [report('a')],
    state: 'Pending',
    message: /^waiting for a proof/,
  },
  'a proof that cannot be checked yet says so': {
    consumer: PROOF,
    statuses: [],
    state: 'Pending',
    message: 'waiting until a proof of consumer api can be checked: status has no proofHash for it yet',
  },
  'all evidence is needed: the proof is missing': {
    consumer: BOTH,
    pods: [pod('a')],
    reports: [report('a')],
    state: 'Pending',
    message: 'waiting for a proof of consumer api',
  },
  'all evidence is needed: the report is missing': {
    consumer: BOTH,
    pods: [pod('a')],
    reports: [proof()],
    state: 'Pending',
    missing: ['a'],
    message: /^waiting for reports of pod a/,
  },
  'all evidence is there': {
    consumer: BOTH,
    pods: [pod('a')],
    reports: [report('a'), proof()],
    state: 'Migrated',
    message: 'every live pod reported (1 of 1 reported); proved that it holds the key',
  },
  'nothing counts before the key is published': {
    consumer: BOTH,
    publishedAt: undefined,
    pods: [pod('a')],
    reports: [report('a'), proof()],
    state: 'Pending',
    message: 'the new key is not published yet',
  },
  'a consumer without evidence never migrates': {
    consumer: { name: 'api', evidence: [] },
    state: 'Pending',
    message: 'the consumer declares no evidence',
  },
  'a Report without its rule never completes': {
    consumer: { name: 'api', evidence: [{ type: 'Report' }] },
    reports: [report('a')],
    state: 'Pending',
    message: 'evidence of type Report cannot be assessed',
  },
};

describe('assessConsumers', () => {
  for (const [sentence, { state, missing = [], message, ...input }] of Object.entries(CASES)) {
    it(sentence, () => {
      const [assessment] = assess(input);
      expect(assessment).toMatchObject({ name: 'api', state, missingPods: missing });
      expect(assessment?.message).toMatch(typeof message === 'string' ? exactly(message) : message);
    });
  }

  it('assesses each consumer by its own evidence, in the order of spec', () => {
    const worker: ConsumerSpec = { name: 'worker', evidence: [{ type: 'Proof' }] };
    const result = assess({ consumer: PROOF, consumers: [worker, PROOF], reports: [proof()] });
    expect(result.map(({ name, state }) => [name, state])).toEqual([
      ['worker', 'Pending'],
      ['api', 'Migrated'],
    ]);
  });

  it('names at most ten pods, counts the others and stays within what status can hold', () => {
    const pods = Array.from({ length: 12 }, (_, i) => pod(`p${String(i).padStart(2, '0')}-${'x'.repeat(200)}`));
    const [assessment] = assess({ consumer: REPORT, pods });
    expect(assessment?.missingPods).toHaveLength(10);
    expect(assessment?.message.length).toBeLessThanOrEqual(1024);
    const [short] = assess({ consumer: REPORT, pods: pods.map((view, i) => ({ ...view, name: `p${i + 10}` })) });
    expect(short?.message).toBe(
      'waiting for reports of pods p10, p11, p12, p13, p14, p15, p16, p17, p18, p19 and 2 more (0 of 12 reported)',
    );
  });
});

function exactly(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
}
