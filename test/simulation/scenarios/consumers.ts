import type { MigrationReport } from '../../../src/api/types.ts';
import { fingerprint } from '../../../src/key/fingerprint.ts';
import { proofOf } from '../../../src/key/proof.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { callerOf } from '../kernel/consumers.ts';
import { NAME, NAMESPACE } from '../kernel/world.ts';
import { firstKeyForTwo } from './first-key.ts';
import { migrating, wake } from './migrating.ts';
import { LISTING_OR_NOT, type Scenario } from './scenario.ts';
import { promise, type Stage } from './stage.ts';
import { CONSUMER, MAIN } from './targets.ts';

/** What a reporter claims; `pod` and `account` as its token would say. */
interface Claim {
  readonly consumer?: string;
  readonly key: string;
  readonly revision?: number;
  readonly pod?: string;
  readonly account?: string;
}

/** Sends a report to every operator, and does not care what they answer. */
async function claim(
  { world }: Stage,
  { consumer = CONSUMER, key, revision = 2, pod, account = CONSUMER }: Claim,
): Promise<void> {
  const { metadata } = world.rotation() ?? {};
  const value = new SecretValue(key);
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: pod ?? '', uid: `uid-of-${pod}` } };
  for (const operator of world.operators) {
    void operator
      .takeReport({
        namespace: NAMESPACE,
        name: NAME,
        consumer,
        fingerprint: fingerprint(value),
        proof: proofOf(value, { uid: metadata?.uid ?? '', revision, consumer }),
        caller: pod === undefined ? undefined : callerOf(object, account),
      })
      .catch(() => undefined);
  }
}

/** Nobody who knows the new key lies here; what they know is the old one, another's, or none. */
export const hostileReports: Scenario = {
  name: 'hostile-reports',
  issuers: ['replay-id'],
  stores: ['Vault'],
  says: 'reports come that are old, wrong, foreign or replayed, and from pods that do not exist: the old key lives until those move that use it',
  prepare: migrating,
  async play(stage) {
    const { world } = stage;
    const [old, unknown] = [
      world.ledger.pods.values().next().value?.text ?? '',
      'apio_live_nobody_ever_issued_this_one',
    ];
    const { newKey, oldKey } = stage.status().rotation ?? {};
    const fresh = world.apio.keys.find(({ id }) => id === newKey?.keyID)?.text ?? '';
    await claim(stage, { key: old, pod: 'accounts-0' });
    await claim(stage, { key: old, revision: 1 });
    await claim(stage, { key: unknown, pod: 'accounts-0' });
    await claim(stage, { key: unknown });
    await claim(stage, { key: fresh, pod: 'stranger-0', account: 'stranger' });
    await claim(stage, { key: fresh, consumer: 'nobody', pod: 'accounts-0' });
    await claim(stage, { key: fresh, revision: 1 });
    await stage.pass(120_000);
    promise(
      world.ledger.keys.get(oldKey?.keyID ?? '')?.alive() === true,
      'S11 the old key died on the word of strangers',
    );
    wake(stage);
    await stage.settled(2);
  },
};

/** Whether a pod has said that it uses the old key again, and was heard. */
function isTakenBack({ world, status }: Stage): boolean {
  const { revision, rotation } = status();
  const isOld = ({ spec }: MigrationReport) =>
    spec.revision === revision && spec.fingerprint === rotation?.oldKey?.fingerprint;
  return world.ledger.last('ReportWritten', ({ report }) => isOld(report)) !== undefined;
}

/** What was looked at before a revocation counts for so long. */
const LOOK_HOLDS_MS = 300_000;
/** An event of a watch is under way for up to 3 s here. */
const HEARD_WITHIN_MS = 5_000;

export const regression: Scenario = {
  name: 'regression',
  issuers: LISTING_OR_NOT,
  stores: ['Vault'],
  says: 'a pod goes back to the old key while the issuer is away, after the revocation was decided: the key lives until the pod has moved again',
  async prepare(stage) {
    await firstKeyForTwo(stage);
    stage.annotate({ rotate: 'a' });
    await stage.until(({ rotation }) => rotation?.revokeIntent !== undefined);
    const [pod] = stage.pods;
    const { ledger, down } = stage.world;
    down.add('issuer');
    pod?.pin(ledger.keys.get(stage.status().rotation?.oldKey?.keyID ?? '')?.text);
    await stage.until(() => isTakenBack(stage));
    // It has been heard; to say it again every other second would only take time.
    if (pod) pod.silent = true;
    // Until then a process may revoke on what it saw before it heard of that, whatever another one has seen since.
    await stage.pass(HEARD_WITHIN_MS + LOOK_HOLDS_MS);
  },
  async play(stage) {
    const { ledger, down } = stage.world;
    const old = ledger.keys.get(stage.status().rotation?.oldKey?.keyID ?? '');
    down.delete('issuer');
    await stage.until(() => stage.tells('Rotating')?.startsWith('EvidenceRegressed') === true);
    await stage.pass(60_000);
    promise(old?.alive() === true, 'S3 the old key died while a pod said that it uses it');
    wake(stage);
    await stage.settled(2);
  },
};

export const podsComeAndGo: Scenario = {
  name: 'pods-come-and-go',
  issuers: ['replay-id'],
  stores: ['Vault'],
  says: 'pods multiply and vanish while they are waited for, some before they have said anything',
  prepare: migrating,
  async play(stage) {
    const more = stage.startPods(3, CONSUMER, MAIN.path, 'accounts-more');
    for (const pod of more) pod.silent = true;
    await stage.pass(15_000);
    stage.pods[0]?.stop();
    more[0]?.stop();
    stage.startPods(2, CONSUMER, MAIN.path, 'accounts-late');
    await stage.pass(15_000);
    more[1]?.stop();
    wake(stage);
    await stage.settled(2);
  },
};
