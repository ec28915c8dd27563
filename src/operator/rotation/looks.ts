import { rotations } from '../../api/resources.ts';
import type { ApiKeyRotation, IssuerIdentity, RecordedKey } from '../../api/types.ts';
import { CallError } from '../../http/call-error.ts';
import type { Issuer, KeyRecord } from '../../issuers/port.ts';
import { isOf, parseAttemptId } from '../../key/attempt-id.ts';
import { fingerprint } from '../../key/fingerprint.ts';
import { proofHash, proofOf } from '../../key/proof.ts';
import type { Look } from '../../rotation/decision.ts';
import type { Facts, IdentityFact, KeysFact, LabelledKey } from '../../rotation/facts.ts';
import { isAbove } from '../../rotation/ordinal.ts';
import { keyFieldOf, recordedTarget } from '../../rotation/transitions.ts';
import type { KubeApi, KubeObject } from '../../runtime/kube/kube-api.ts';
import { read } from './delivery.ts';
import type { EvidenceLook } from './evidence-look.ts';
import type { References } from './references.ts';
import type { Session } from './session.ts';
import { fingerprintAt, keyAt, type TargetReading, targetFact } from './target-io.ts';

/** What the looks of one reconcile have read; readings hold plaintext and go with the reconcile. */
export interface Sight {
  readings?: readonly TargetReading[];
}

export interface LookDeps {
  readonly kube: KubeApi;
  readonly references: References;
  readonly evidence: EvidenceLook;
  readonly installation: string;
  /** The namespaces that we watch; [undefined] means all. */
  readonly scope: readonly (string | undefined)[];
}

/** Gathers the facts that a decision asked for, live, in the order asked. */
export type LookAt = (at: readonly Look[], facts: Facts, session: Session, sight: Sight) => Promise<Partial<Facts>>;

export function createLooks({ kube, references, evidence, installation, scope }: LookDeps): LookAt {
  /** The plan that runs, or the one that would. */
  function planOf(facts: Facts) {
    const plan =
      facts.object.status?.rotation?.plan ?? (facts.references.type === 'Resolved' ? facts.references.plan : undefined);
    if (plan) return plan;
    throw unresolved(facts.references);
  }

  async function readTargets(facts: Facts): Promise<readonly TargetReading[]> {
    const { targets } = planOf(facts);
    return Promise.all(targets.map((target) => read(target, references.store(namespaceOf(facts), target))));
  }

  async function labelled(facts: Facts): Promise<readonly LabelledKey[]> {
    const owner = { installation, uid: facts.object.metadata.uid ?? '' };
    const lists = knownIssuers(facts).map(async ({ identity, required }) => {
      const issuer = required ? references.issuer(namespaceOf(facts), identity) : existing(facts, identity);
      return (await issuer?.list(owner))?.flatMap((record) => labelledKey(record, identity)) ?? [];
    });
    return (await Promise.all(lists)).flat();
  }

  /** An issuer that a former key came from and that is gone can list nothing. */
  function existing(facts: Facts, identity: IssuerIdentity): Issuer | undefined {
    try {
      return references.issuer(namespaceOf(facts), identity);
    } catch {
      return undefined;
    }
  }

  async function keys(facts: Facts, sight: Sight): Promise<KeysFact> {
    const { rotation } = facts.object.status ?? {};
    const [reading] = sight.readings ?? (await readTargets(facts));
    const key = reading && keyAt(reading);
    const told = key && (await references.issuer(namespaceOf(facts), planOf(facts).issuer).verify(key));
    const newVerified = told?.status === 'Active' && told.keyID === rotation?.newKey?.keyID;
    if (!rotation?.oldKey) return { newVerified };
    const old = await references.issuer(namespaceOf(facts), rotation.oldKey.issuer).get(rotation.oldKey.keyID);
    if (!old) return { newVerified };
    const ours = isOurOldKey(facts, old) || (await isAdopted(facts, rotation.oldKey));
    return { newVerified, old: { live: old.status === 'Active', ours } };
  }

  /**
   * S15: an adopted key carries no label of ours. Its plaintext, read once more from the version that was recorded at adoption,
   * must be what the issuer knows as that id; the word of the status is not enough.
   */
  async function isAdopted(facts: Facts, old: RecordedKey): Promise<boolean> {
    if (!old.adopted) return false;
    for (const { path, keyField = 'key', version = '', ...target } of old.targets) {
      const store = references.store(namespaceOf(facts), { ...target, storeName: target.storeName ?? '' });
      const key = (await store.readVersion?.(path, version))?.fields[keyField];
      if (!key || fingerprint(key) !== old.fingerprint) continue;
      const told = await references.issuer(namespaceOf(facts), old.issuer).verify(key);
      if (told?.keyID === old.keyID) return true;
    }
    return false;
  }

  function isOurOldKey(facts: Facts, old: KeyRecord): boolean {
    const label = parseAttemptId(old.label);
    const { revision = 0 } = facts.object.status ?? {};
    const owner = { installation, uid: facts.object.metadata.uid ?? '' };
    return label !== undefined && isOf(label, owner) && !isAbove(label, { revision, attempt: 0 });
  }

  async function proofHashes(facts: Facts, sight: Sight): Promise<Record<string, string>> {
    const { object } = facts;
    const { rotation, revision = 0 } = object.status ?? {};
    const readings = sight.readings ?? (await readTargets(facts));
    const key = readings.map(keyAt).find((found) => found && fingerprint(found) === rotation?.newKey?.fingerprint);
    if (!key)
      throw new CallError('unavailable', 'TargetChanged', `no target serves key ${rotation?.newKey?.keyID} any more`);
    const uid = object.metadata.uid ?? '';
    const hashes = (object.spec.consumers ?? []).map(({ name }) => [
      name,
      proofHash(proofOf(key, { uid, revision, consumer: name })),
    ]);
    return Object.fromEntries(hashes);
  }

  async function identity(facts: Facts, sight: Sight): Promise<IdentityFact> {
    const readings = sight.readings ?? (await readTargets(facts));
    const [first] = readings;
    const key = first && keyAt(first);
    if (!key)
      return none(
        `target ${first?.target.name}: ${first?.target.path} has no field ${keyFieldOf(first?.target.fields ?? {})}`,
      );
    const other = readings.find((reading) => fingerprintAt(reading) !== fingerprint(key));
    if (other)
      return none(
        `target ${other.target.name}: ${other.target.path} holds another value than target ${first.target.name}`,
      );
    const problem = await ownerProblem(facts, readings);
    if (problem) return none(problem);
    const plan = planOf(facts);
    const record = await references.issuer(namespaceOf(facts), plan.issuer).verify(key);
    if (record?.status !== 'Active')
      return none(`issuer ${plan.issuer.name} does not know the value at ${first.target.path} as a live key`);
    const label = parseAttemptId(record.label);
    const ours = label !== undefined && isOf(label, { installation, uid: facts.object.metadata.uid ?? '' });
    return { type: 'Key', labelled: ours, key: recordedKey(record, fingerprint(key), plan.issuer, readings) };
  }

  /** Why a marked value is not for us to adopt: another installation's, or of a rotation that is or may be still there. */
  async function ownerProblem(facts: Facts, readings: readonly TargetReading[]): Promise<string | undefined> {
    const markers = readings.flatMap(({ stored }) => stored?.marker ?? []);
    const foreign = markers.find((marker) => marker.installation !== installation);
    if (foreign) return `the value belongs to installation ${foreign.installation}`;
    const others = markers.filter((marker) => marker.uid !== facts.object.metadata.uid);
    if (others.length === 0) return undefined;
    if (!scope.includes(undefined)) {
      return `the value belongs to the rotation with uid ${others[0]?.uid}, and an operator of one namespace cannot see that it is gone`;
    }
    const owner = await liveOwner(facts, readings);
    return owner && `the value belongs to the rotation with uid ${owner}, which still exists`;
  }

  /** The uid of another rotation that marked a value and is still there, by a live list of all namespaces that we see. */
  async function liveOwner(facts: Facts, readings: readonly TargetReading[]): Promise<string | undefined> {
    const uids = readings
      .flatMap(({ stored }) => stored?.marker?.uid ?? [])
      .filter((uid) => uid !== facts.object.metadata.uid);
    if (uids.length === 0) return undefined;
    for (const namespace of scope) {
      const owner = await findByUID(namespace, uids);
      if (owner) return owner;
    }
    return undefined;
  }

  async function findByUID(namespace: string | undefined, uids: readonly string[]): Promise<string | undefined> {
    let next: string | undefined;
    do {
      const page = await kube.list<KubeObject>({ resource: rotations, namespace, limit: 500, continue: next });
      const owner = page.items.find(({ metadata }) => uids.includes(metadata.uid ?? ''));
      if (owner) return owner.metadata.uid;
      next = page.continue;
    } while (next);
    return undefined;
  }

  const gather: Record<Look, (facts: Facts, session: Session, sight: Sight) => Promise<Partial<Facts>>> = {
    time: async ({ object }) => {
      await kube.get<ApiKeyRotation & KubeObject>({
        resource: rotations,
        namespace: object.metadata.namespace,
        name: object.metadata.name,
      });
      return {};
    },
    targets: async (facts, _session, sight) => {
      sight.readings = await readTargets(facts);
      return { targets: sight.readings.map(targetFact) };
    },
    labelled: async (facts) => ({ labelled: await labelled(facts) }),
    keys: async (facts, _session, sight) => ({ keys: await keys(facts, sight) }),
    identity: async (facts, _session, sight) => ({ identity: await identity(facts, sight) }),
    proofHashes: async (facts, _session, sight) => ({ proofHashes: await proofHashes(facts, sight) }),
    evidence: async ({ object }, session) => ({ evidence: await evidence.cached(object, session) }),
    liveEvidence: async ({ object }, session) => ({ liveEvidence: await evidence.live(object, session) }),
  };

  return async (at, facts, session, sight) => {
    let found: Partial<Facts> = {};
    for (const look of at) found = { ...found, ...(await gather[look](facts, session, sight)) };
    return found;
  };
}

function unresolved(references: Facts['references']): CallError {
  const why = references.type === 'Unresolved' ? references.message : 'nothing is planned';
  return new CallError('unavailable', 'ReferencesUnresolved', why);
}

function namespaceOf({ object }: Facts): string {
  return object.metadata.namespace ?? '';
}

/** The issuer of the plan, or else of the current key, must answer. Others are those that status records with keys. */
function knownIssuers({ object, references }: Facts): { identity: IssuerIdentity; required: boolean }[] {
  const { current, rotation, abandoned = [] } = object.status ?? {};
  const planned = rotation?.plan.issuer ?? (references.type === 'Resolved' ? references.plan.issuer : current?.issuer);
  if (!planned) throw unresolved(references);
  const recorded = [rotation?.oldKey?.issuer, current?.issuer, ...abandoned.map((key) => key.issuer)].filter(
    (identity) => identity !== undefined,
  );
  const known = [{ identity: planned, required: true }];
  for (const identity of recorded) {
    if (!known.some((other) => sameIssuer(other.identity, identity))) known.push({ identity, required: false });
  }
  return known;
}

function sameIssuer(a: IssuerIdentity, b: IssuerIdentity): boolean {
  return a.kind === b.kind && a.name === b.name && a.origin === b.origin;
}

function labelledKey({ keyID, label, status }: KeyRecord, issuer: IssuerIdentity): LabelledKey[] {
  const parsed = parseAttemptId(label);
  if (!parsed) return [];
  return [{ keyID, live: status === 'Active', revision: parsed.revision, attempt: parsed.attempt, issuer }];
}

function none(message: string): IdentityFact {
  return { type: 'None', message };
}

function recordedKey(
  record: KeyRecord,
  print: string,
  issuer: IssuerIdentity,
  readings: readonly TargetReading[],
): RecordedKey {
  const { keyID, organization, environment, permissions, issuedAt, expiresAt } = record;
  const { revision = 0, attempt = 0 } = readings[0]?.stored?.marker ?? {};
  return {
    keyID,
    revision,
    attempt,
    fingerprint: print,
    environment,
    permissions: [...permissions],
    ...(organization === undefined ? {} : { organization }),
    ...(issuedAt === undefined ? {} : { issuedAt }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    issuer,
    targets: readings.map(({ target, stored }) => recordedTarget(target, stored)),
  };
}
