import { CallError } from '../../http/call-error.ts';
import { type AttemptId, formatAttemptId, isOf, parseAttemptId } from '../../key/attempt-id.ts';
import { fingerprint } from '../../key/fingerprint.ts';
import type { KubeApi, ObjectRef } from '../../runtime/kube/kube-api.ts';
import { isConflict, isNotFound } from '../../runtime/kube/kube-errors.ts';
import { secrets } from '../../runtime/kube/resources.ts';
import { type IssueResult, type Issuer, type KeyRecord, type KeySpec, PendingError, type Requester } from '../port.ts';
import { createAdopting } from './adopting.ts';
import { type DeliverySecret, judgeDelivery } from './delivered-key.ts';
import { examine } from './examine.ts';
import type { Messenger } from './messenger.ts';
import { NO_KEY, type Probe } from './probe.ts';
import { type DeliveredEntry, type Entry, isDelivered, isNamed, type Register, withEntry } from './register.ts';
import type { RegisterStore } from './register-store.ts';
import { keyRequestText } from './request-text.ts';
import { createRevoking } from './revoking.ts';
import { createTelling, rotationOf } from './telling.ts';

/** One world of an issuer behind which people work. */
export interface SupportIssuerOptions {
  readonly kube: Pick<KubeApi, 'get' | 'delete'>;
  readonly registerStore: RegisterStore;
  readonly environment: string;
  /** For messages: `ApiKeyIssuer payments/apio (Live)`. */
  readonly name: string;
  readonly expectedWithinMs: number;
  readonly probe: Probe | undefined;
  readonly tell: Messenger | undefined;
  /** Wall-clock milliseconds, for times that people read. */
  readonly now: () => number;
  /** Milliseconds that only grow. */
  readonly monotonic: () => number;
}

/**
 * People issue and revoke the keys (design section 7). A request is durable under its attempt: whoever calls again, in whatever
 * process, goes on where the last call was. What they gave is registered, since nobody else lists it.
 */
export function createSupportIssuer(options: SupportIssuerOptions): Issuer {
  const { kube, registerStore, environment, name, probe, expectedWithinMs } = options;
  const tell = createTelling(options.tell);
  const stamp = () => new Date(options.now()).toISOString();

  async function deliveredKey(keyID: string): Promise<DeliveredEntry> {
    const entry = (await registerStore.read()).filter(isDelivered).find((each) => isNamed(each, keyID, environment));
    if (entry) return entry;
    const why = `${name} has no record of key ${keyID}, which status names`;
    const remedy = 'restore its register from a backup, or see to that key by hand';
    throw new CallError('refused', 'RegisterIncomplete', `${why}; ${remedy}`);
  }

  /** The entry of an attempt; a Secret that is there before anybody was asked answers something else. */
  async function requested(fresh: Entry): Promise<{ readonly entry: Entry; readonly register: Register }> {
    const register = await registerStore.update((all) => (entryOf(all, fresh.label) ? all : withEntry(all, fresh)));
    return { entry: entryOf(register, fresh.label) ?? fresh, register };
  }

  /** Another process may have changed the entry since it was read: what is changed is what stands there now. */
  async function change(label: string, more: (entry: Entry) => Partial<Entry>): Promise<Entry | undefined> {
    const register = await registerStore.update((all) => {
      const entry = entryOf(all, label);
      return entry ? withEntry(all, { ...entry, ...more(entry) }) : all;
    });
    return entryOf(register, label);
  }

  /** Only the first key that is taken for an attempt is its key. */
  async function take(label: string, keyID: string, print: string): Promise<Entry | undefined> {
    const deliveredAt = stamp();
    const register = await registerStore.update((all) => {
      const entry = entryOf(all, label);
      const isKnown = (each: DeliveredEntry) => each.fingerprint === print || isNamed(each, keyID, environment);
      return entry && !all.filter(isDelivered).some(isKnown)
        ? withEntry(all, { ...entry, keyID, fingerprint: print, deliveredAt })
        : all;
    });
    return entryOf(register, label);
  }

  const revokeByPeople = createRevoking({ probe, tell, change, stamp, monotonic: options.monotonic });

  async function issue(attempt: AttemptId, spec: KeySpec, requester: Requester): Promise<IssueResult> {
    const label = formatAttemptId(attempt);
    const ref = secretOf(requester);
    const secret = await kube.get<DeliverySecret>(ref);
    const { organization, permissions } = spec;
    const { entry, register } = await requested({
      label,
      environment,
      permissions,
      askedAt: stamp(),
      ...(organization === undefined ? {} : { organization }),
      ...(secret?.metadata.uid === undefined ? {} : { staleUID: secret.metadata.uid }),
    });
    const text = keyRequestText(spec, requester, { label, secretName: ref.name });
    const pending = (problem: string | undefined) =>
      new PendingError('KeyRequested', { text, secretName: ref.name, ...(problem === undefined ? {} : { problem }) });
    const message = { text, rotation: rotationOf(requester), requestID: label, secretName: ref.name };
    const untold = await tell(message, requester.isUrgent ?? false, entry, (told) => change(label, () => told));
    if (!secret && isDelivered(entry)) return { type: 'Replayed', keyID: entry.keyID };
    if (!secret) throw pending(untold);
    const remedy = 'make it with both fields by the command below';
    const given = judgeDelivery(secret, entry, register, remedy);
    if (given.type === 'Problem') throw pending(given.problem);
    const { keyID, key } = given;
    const wrong = isDelivered(entry) ? undefined : await examine(given, options);
    if (wrong !== undefined) throw pending(`Secret ${ref.name} is not taken: ${wrong}; ${remedy}`);
    const taken = await take(label, keyID, fingerprint(key));
    if (!taken || !isDelivered(taken) || taken.fingerprint !== fingerprint(key))
      throw pending(
        `Secret ${ref.name} is not taken: another key was taken at the same time; delete it, and have key ${keyID} revoked: nobody will use it`,
      );
    return { type: 'Issued', record: recordOf(taken), key };
  }

  /** Removes what was taken. Somebody may have changed no more than a label meanwhile: the key must not stay there for that. */
  async function settle(label: string, ref: ObjectRef, tries = SETTLE_TRIES): Promise<void> {
    const secret = await kube.get<DeliverySecret>(ref);
    const register = await registerStore.read();
    const entry = entryOf(register, label);
    if (!secret || !entry || !isDelivered(entry)) return;
    if (judgeDelivery(secret, entry, register, '').type !== 'Key') return;
    const { uid, resourceVersion } = secret.metadata;
    const isRemoved = await kube.delete(ref, { uid, resourceVersion }).then(
      () => true,
      (error) => isNotFound(error) || unlessChanged(error, tries),
    );
    if (!isRemoved) await settle(label, ref, tries - 1);
  }

  return {
    capabilities: { replay: 'ID', list: true, expectedWithinMs },
    origin: `support:${environment}`,
    async check() {
      await registerStore.read();
      if (!(await probe?.(NO_KEY))) return;
      const why = `the probe of ${name} accepts a text that is no key, so that it tells nothing`;
      throw new CallError('refused', 'ProbeUnfit', `${why}; name a request in its path that takes a key`);
    },
    issue: (attempt, spec, requester = NOBODY) => issue(attempt, spec, requester).catch(askAgain),
    settle: (attempt, requester) => settle(formatAttemptId(attempt), secretOf(requester)).catch(askAgain),
    list: async (owner) => {
      const ours = (await registerStore.read()).filter(isDelivered).filter((each) => each.environment === environment);
      return ours.filter(({ label }) => isOwn(label, owner)).map(recordOf);
    },
    async verify(key) {
      const print = fingerprint(key);
      const register = (await registerStore.read()).filter(isDelivered);
      const entry = register.find((each) => each.fingerprint === print && each.environment === environment);
      if (!entry) return undefined;
      return entry.revokedAt === undefined && probe && !(await probe(key)) ? undefined : recordOf(entry);
    },
    adopt: createAdopting({ registerStore, probe, environment, stamp }),
    get: async (keyID) => recordOf(await deliveredKey(keyID)),
    usage: async () => undefined,
    // People are asked for a new key: nothing else would tell when they have changed the old one.
    updatePermissions: async () => 'NewKeyRequired',
    async revoke(keyID, revocation) {
      const entry = await deliveredKey(keyID);
      if (entry.revokedAt !== undefined) return;
      await revokeByPeople(entry, revocation ?? { ...NOBODY, isConfirmed: false, findKey: async () => undefined });
    },
  };
}

const SETTLE_TRIES = 5;

const NOBODY: Requester = { namespace: '', name: '' };

function secretOf({ namespace, name }: Requester): ObjectRef {
  return { resource: secrets, namespace, name: `${name}-delivered-key` };
}

function entryOf(register: Register, label: string): Entry | undefined {
  return register.find((entry) => entry.label === label);
}

function isOwn(label: string, owner: Pick<AttemptId, 'installation' | 'uid'>): boolean {
  const attempt = parseAttemptId(label);
  return attempt !== undefined && isOf(attempt, owner);
}

/** What people promise: nothing tells what a key may do, but for the probe, that it works in its environment. */
function recordOf({
  keyID,
  label,
  environment,
  organization,
  permissions,
  deliveredAt,
  revokedAt,
}: DeliveredEntry): KeyRecord {
  return {
    keyID,
    label,
    environment,
    permissions,
    status: revokedAt === undefined ? 'Active' : 'Revoked',
    issuedAt: deliveredAt,
    ...(organization === undefined ? {} : { organization }),
  };
}

/** False where it has to be looked at again. */
function unlessChanged(error: unknown, tries: number): false {
  if (isConflict(error) && tries > 1) return false;
  throw error;
}

/** No call of ours makes a key, and what was written is seen by whoever asks next: nothing is in doubt. */
function askAgain(error: unknown): never {
  const isInDoubt = error instanceof CallError && (error.outcome === 'unknown' || error.outcome === 'conflict');
  throw isInDoubt ? new CallError('unavailable', error.reason, error.message, error) : error;
}
