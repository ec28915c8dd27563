import { reports } from '../../../src/api/resources.ts';
import type { ConsumerSpec, MigrationReport } from '../../../src/api/types.ts';
import { admissionPolicies, admissionPolicyBindings } from '../../../src/runtime/kube/resources.ts';
import { reportPolicy } from '../../doubles/report-policy.ts';
import { startCaller } from '../kernel/caller.ts';
import { EPOCH } from '../kernel/process.ts';
import { NAME, NAMESPACE } from '../kernel/world.ts';
import { OUTSIDE } from '../ledger/ledger.ts';
import type { Scenario } from './scenario.ts';
import type { Stage } from './stage.ts';
import { MAIN } from './targets.ts';

/** Seen by the use of the keys. */
export const LEGACY: ConsumerSpec = {
  name: 'legacy',
  evidence: [{ type: 'LastUsed', lastUsed: { quietPeriod: '3m' } }],
};
/** A person speaks for it. */
export const BOARD: ConsumerSpec = { name: 'board', evidence: [{ type: 'Approval' }] };

const MINUTE_MS = 60_000;

/** An administrator applies config/report-policy.yaml. */
export function applyPolicy({ world: { storage, scheduler, outside } }: Stage): void {
  const { policy, binding } = reportPolicy(new Date(EPOCH + scheduler.now).toISOString());
  outside(() => storage.create(admissionPolicies, undefined, policy));
  outside(() => storage.create(admissionPolicyBindings, undefined, binding));
}

/** It is taken away again. */
export function removePolicy({ world: { storage, outside } }: Stage): void {
  const name = reportPolicy('').policy.metadata.name;
  for (const resource of [admissionPolicies, admissionPolicyBindings])
    outside(() => storage.delete({ resource, namespace: undefined, name }));
}

/** Somebody writes what looks like an approval of the running revision; it is none unless who may approve wrote it. */
export function writeApproval({ world, status }: Stage, change: Partial<MigrationReport['spec']> = {}): void {
  const uid = world.rotation()?.metadata.uid ?? '';
  const { revision = 0, rotation } = status();
  const spec = {
    rotationRef: { name: NAME, uid },
    revision,
    consumer: BOARD.name,
    type: 'Approval',
    fingerprint: rotation?.newKey?.fingerprint ?? '',
    reporter: { username: 'alice' },
    ...change,
  };
  const name = `approval-${world.storage.version}`;
  const metadata = { name, labels: { 'apikeyrotation.io/rotation-uid': uid } };
  world.outside(() => world.storage.create(reports, NAMESPACE, { metadata, spec }));
}

/** Who may approve does so. */
export function approve(stage: Stage): void {
  const { world, status } = stage;
  const { revision = 0, rotation } = status();
  const fingerprint = rotation?.newKey?.fingerprint ?? '';
  const uid = world.rotation()?.metadata.uid ?? '';
  world.ledger.add(OUTSIDE, { type: 'Approved', consumer: BOARD.name, uid, revision, fingerprint });
  writeApproval(stage);
}

export const witnesses: Scenario = {
  name: 'witnesses',
  issuers: ['replay-id'],
  stores: ['Vault'],
  says: 'one consumer tells nothing and is seen by the use of the keys, for another one a person speaks',
  async prepare(stage) {
    applyPolicy(stage);
    stage.create({ consumers: [LEGACY, BOARD] });
    startCaller(stage.world, LEGACY.name, MAIN.path);
    await stage.settled(1);
    stage.annotate({ rotate: 'a' });
    await stage.until(({ rotation }) => rotation?.publishedAt !== undefined);
    await stage.pass(2 * MINUTE_MS);
    approve(stage);
    // Nothing happens before the keys are asked for again: five minutes after the first look.
    await stage.pass(176_000);
  },
  play: (stage) => stage.settled(2),
};
