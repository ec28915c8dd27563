import type { ApiKeyRotation, EvidenceSpec, RunningRotation } from '../../../src/api/types.ts';
import { fingerprint } from '../../../src/key/fingerprint.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import type { KubeObject } from '../../../src/runtime/kube/kube-api.ts';
import type { Stored } from '../kernel/kube-storage.ts';
import { secretValue } from '../kernel/secret-value.ts';
import type { Entry, EntryOf, Ledger } from '../ledger/ledger.ts';
import type { Invariant } from './invariant.ts';
import { isOurs } from './reading.ts';

type Rule = NonNullable<EvidenceSpec['rollout']>;
type Answer = EntryOf<'Answered'>;

interface Workload extends KubeObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly template?: { readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> } };
  };
  readonly status?: Readonly<Record<string, number>>;
}

/** What is missing of the evidence of workloads, judged anew from what a process was answered since it began its last look. */
export function unrolled(
  { spec }: ApiKeyRotation,
  { newKey }: RunningRotation,
  answers: readonly Answer[],
  ledger: Ledger,
): string | undefined {
  for (const { name, rule } of rulesOf(spec.consumers)) {
    const copy = answers.findLast(
      ({ call }) => call.name === 'kube GET secrets' && call.detail === rule.secretRef?.name,
    );
    if (printIn(copy?.value as Stored | undefined) !== newKey?.fingerprint)
      return `what the pods of ${name} read was not seen to be new`;
    const seen = answers.findLast(
      ({ call }) => call.name === 'kube GET deployments' && call.detail === rule.workloadRef.name,
    );
    if (!isRolledOut(seen?.value as Workload | undefined))
      return `the workload of ${name} was not seen to be rolled out`;
    const pod = podWithAnother(rule, newKey?.fingerprint, ledger);
    if (pod) return `pod ${pod} of ${name} calls with another key`;
  }
  return undefined;
}

function rulesOf(consumers: ApiKeyRotation['spec']['consumers'] = []): { name: string; rule: Rule }[] {
  return consumers.flatMap(({ name, evidence }) =>
    evidence.flatMap(({ rollout }) => (rollout ? [{ name, rule: rollout }] : [])),
  );
}

function printIn(secret: Stored | undefined): string | undefined {
  const { text } = secret ? secretValue(secret) : {};
  return text === undefined ? undefined : fingerprint(new SecretValue(text));
}

function isRolledOut(workload: Workload | undefined): boolean {
  const { replicas } = workload?.spec ?? {};
  const { observedGeneration, ...counts } = workload?.status ?? {};
  return (
    observedGeneration === workload?.metadata.generation && Object.values(counts).every((count) => count === replicas)
  );
}

/** The uid of a pod that runs, or is ending, with another key than it should. */
function podWithAnother({ secretRef }: Rule, wanted: string | undefined, { pods }: Ledger): string | undefined {
  const others = [...pods.values()].filter(
    ({ path, text }) => path === secretRef?.name && fingerprint(new SecretValue(text)) !== wanted,
  );
  return others[0]?.pod;
}

/** S11, where the evidence is a workload: its pods themselves are asked. */
export const movedInDeed: Invariant = {
  id: 'S11',
  on: ['StatusWritten'],
  says: 'a consumer with a workload is called moved only while every pod of it, ending ones too, calls with the new key',
  broken(entry, ledger) {
    if (entry.type !== 'StatusWritten' || !isOurs(entry)) return undefined;
    const { newKey, consumers = [] } = entry.after.status?.rotation ?? {};
    for (const { name, rule } of rulesOf(entry.after.spec.consumers)) {
      if (consumers.find((consumer) => consumer.name === name)?.state !== 'Migrated') continue;
      const pod = podWithAnother(rule, newKey?.fingerprint, ledger);
      if (pod) return `consumer ${name} is called moved while its pod ${pod} calls with another key`;
    }
    return undefined;
  },
};

/** S10 and S11, of restarts: `Said` tells of every write to a workload. */
export const restartedOnce: Invariant = {
  id: 'S10',
  on: ['Said'],
  says: 'a workload is restarted at most once for a key',
  broken(entry, ledger) {
    const mark = markIn(entry);
    if (mark === undefined) return undefined;
    const earlier = ledger.all('Said').some((each) => each !== entry && markIn(each) === mark);
    return earlier ? `a workload was restarted for ${mark} again` : undefined;
  },
};

export const restartedForNews: Invariant = {
  id: 'S11',
  on: ['Said'],
  says: 'no workload is restarted before what its pods read holds the key that it is restarted for',
  broken(entry, ledger) {
    const mark = markIn(entry);
    const { secretRef } = rulesOf(ledger.rotation?.spec.consumers)[0]?.rule ?? {};
    if (mark === undefined || !secretRef) return undefined;
    const { text = '' } = ledger.targets.get(secretRef.name) ?? {};
    return mark.endsWith(`/${fingerprint(new SecretValue(text))}`)
      ? undefined
      : `a workload was restarted for ${mark} while ${secretRef.name} holds another key`;
  },
};

/** The mark of a restart that one of our processes has written, as `revision/fingerprint`. */
function markIn(entry: Entry): string | undefined {
  if (entry.type !== 'Said' || entry.where !== 'deployments' || !isOurs(entry)) return undefined;
  return marksOf(entry.what).find((mark) => !marksOf(entry.instead).includes(mark));
}

function marksOf(workload: unknown): string[] {
  const annotations = (workload as Workload | undefined)?.spec?.template?.metadata?.annotations ?? {};
  return Object.entries(annotations).flatMap(([name, value]) => (name.includes('/restarted-for.') ? [value] : []));
}
