import { ApioEngine } from '../../../sandbox/apio/engine/apio-engine.ts';
import type { ApioKey } from '../../../sandbox/apio/engine/types.ts';
import { SecretsManager } from '../../../sandbox/aws/engine/secrets-manager.ts';
import { KvMount } from '../../../sandbox/vault/engine/kv.ts';
import { clusterIssuers, clusterStores, issuers, rotations, stores } from '../../../src/api/resources.ts';
import type { ApiKeyRotation, MigrationReport } from '../../../src/api/types.ts';
import type { IssuerCapabilities } from '../../../src/issuers/port.ts';
import { fingerprint } from '../../../src/key/fingerprint.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import type { Limits } from '../../../src/rotation/facts.ts';
import type { Resource } from '../../../src/runtime/kube/kube-api.ts';
import { leases, pods, secrets } from '../../../src/runtime/kube/resources.ts';
import type { Lease } from '../../../src/runtime/leader-election/lease.ts';
import { decodeData } from '../../../src/stores/vault/vault-fields.ts';
import { createSeededEntropy } from '../../doubles/seeded-entropy.ts';
import { ASKED, type Entry, type Key, Ledger, OUTSIDE, type Value } from '../ledger/ledger.ts';
import { type Aws, servedByAws } from './aws-port.ts';
import { type Call, type CallFault, canMeet, type Peer } from './faults.ts';
import type { EventFate } from './kube-port.ts';
import { type Change, KubeStorage, type Stored } from './kube-storage.ts';
import { createOperatorProcess, type OperatorProcess } from './operator-process.ts';
import { EPOCH, type Outcome, type Process } from './process.ts';
import { Scheduler } from './scheduler.ts';
import { secretValue } from './secret-value.ts';
import { isOfPeople, isRegister, registeredIn, textsOf } from './secrets-of-people.ts';
import { shownValue } from './shown-value.ts';
import { createStoreTroubles, isStoreTrouble } from './store-troubles.ts';
import { telltale } from './telltale.ts';

export const NAMESPACE = 'payments';
export const NAME = 'apio';
/** Names that stand in no sentence and no command by chance, so that a message that holds one means it. */
export const ISSUER = 'keysmith';
export const STORE = 'cabinet';

/** Where keys of a world are kept. */
export type StoreKind = 'Vault' | 'KubernetesSecret' | 'AWSSecretsManager';

/** People who issue keys. `probe`: whether the API tells of a key whether it works. */
export interface People {
  readonly probe: boolean;
}

/** What a world is made of; the same settings make the same world, to the letter. */
export interface Setting {
  /** Of the schedule: latencies, and with them the order in which things happen. */
  readonly seed: number;
  /** How many processes there are: all of them work at once, or the one that they elect. */
  readonly operators: number;
  readonly elected?: boolean;
  readonly issuer: IssuerCapabilities;
  /** Whether people stand behind it. */
  readonly people?: People;
  /** Whether it accepts a key without a word of which one it is. */
  readonly isReticent?: boolean;
  readonly store: StoreKind;
  /** Whether there are an issuer and a store of the whole cluster besides, which operators follow; they grant nothing yet. */
  readonly hasClusterKinds?: boolean;
  readonly limits?: Partial<Limits>;
  /** The name of this cluster's operators among those that share an issuer; `sim`, if missing. */
  readonly installation?: string;
  /** Another cluster, whose time and whose account at the issuer it shares. */
  readonly beside?: World;
  /** Whether the issuer lists the keys of the whole account, whatever label is asked for. */
  readonly listsAll?: boolean;
  /** What goes wrong with the calls made since `arm`, by their number from 1. */
  readonly faults?: ReadonlyMap<number, CallFault>;
  /** What happens to the watch events sent since `arm`, by their number from 1. */
  readonly fates?: ReadonlyMap<number, EventFate>;
  /** What outsiders do at a call whose fault is `meanwhile`. */
  readonly meanwhile?: () => void;
  /** Told of everything that happens, within it. */
  readonly onEntry: (entry: Entry, ledger: Ledger) => void;
}

const LIMITS: Limits = {
  takeOverAfter: 60_000,
  recheckAfter: 300_000,
  sweepDelay: 600_000,
  issueCallsPerHour: 6,
  namespaceIssueCallsPerHour: 1_000,
  restartsAtOnce: 3,
  deletionGiveUpAfter: 600_000,
};
/** A process that died is replaced this much later. */
const RESTART_MS = 1_500;
const ROTATION = { resource: rotations, namespace: NAMESPACE, name: NAME };

/** Kubernetes, issuing API, store and operators in one process and in virtual time. */
export interface World {
  readonly scheduler: Scheduler;
  readonly ledger: Ledger;
  readonly storage: KubeStorage;
  readonly apio: ApioEngine;
  readonly mount: KvMount;
  readonly setting: Setting;
  /** Calls made since `arm`, in order; the plan counts them. */
  readonly calls: readonly Call[];
  /** Watch events sent since `arm`. */
  events(): number;
  /** Planned faults and fates that have happened. */
  struck(): number;
  /** The processes that live now. */
  readonly operators: readonly OperatorProcess[];
  random(): number;
  /** From here on calls and events are counted, and faults strike; or no more. */
  arm(armed?: boolean): void;
  /** From this virtual time on no process stands still or is cut off, and nothing is under way from one that is dead. */
  calmAt(): number;
  launch(): void;
  /** Peers that nobody reaches, until somebody takes them out. */
  readonly down: Set<Peer>;
  /** Names of issuers that never answer anything but whether they are there. */
  readonly silent: Set<string>;
  rotation(): ApiKeyRotation | undefined;
  /** Called with the path of each target that changes, and with `revision` when that does. */
  onChange(handler: (what: string) => void): void;
  /** Called with each entry of the issuer's ledger, whoever caused it. */
  onKey(handler: (type: string, id: string) => void): void;
  /** Does something from outside, as nobody of ours. */
  outside<T>(act: () => T): T;
  /** Does what we have asked people for: it is as if we did it. */
  asked<T>(act: () => T): T;
  /** All that happened in one line each, once it was asked for. */
  readonly trace: string[] | undefined;
  /** Of everything that happened so far, and of when it did. */
  digest(): string;
}

/** @param traced whether to keep a line for each happening */
export function createWorld(setting: Setting, traced = false): World {
  const { seed, faults, fates, onEntry, beside, installation = 'sim' } = setting;
  const limits = { ...LIMITS, ...setting.limits };
  const scheduler = beside?.scheduler ?? new Scheduler();
  const now = () => EPOCH + scheduler.now;
  const schedule = createSeededEntropy(seed);
  const identities = createSeededEntropy(7);
  const latency = () => {
    const drawn = schedule.random();
    // Most answers are quick; now and then one takes so long that others get ahead of it.
    return drawn < 0.85 ? 1 + drawn * 20 : (drawn - 0.85) * 20_000;
  };
  const trace: string[] | undefined = traced ? [] : undefined;
  let hash = 0;
  const tell = (line: string) => {
    hash = (Math.imul(hash, 31) + scheduler.now) | 0;
    for (let at = 0; at < line.length; at += 1) hash = (Math.imul(hash, 31) + line.charCodeAt(at)) | 0;
    trace?.push(`${(scheduler.now / 1_000).toFixed(3).padStart(10)} ${line}`);
  };
  const ledger = new Ledger(
    {
      installation,
      issuer: setting.issuer,
      operators: setting.operators,
      elected: setting.elected === true,
      issueCallsPerHour: limits.issueCallsPerHour,
      epoch: EPOCH,
    },
    () => scheduler.now,
    (entry) => {
      const line = describe(entry);
      if (line) tell(`${entry.by} ${line}`);
      onEntry(entry, ledger);
      const changed = changeIn(entry);
      if (changed) for (const handler of handlers) handler(changed);
    },
  );
  const handlers: ((what: string) => void)[] = [];
  let acting = OUTSIDE;
  const storage = new KubeStorage({ now, uuid: identities.uuid });
  const keyHandlers: ((type: string, id: string) => void)[] = [];
  const onKey = beside?.onKey ?? ((handler) => void keyHandlers.push(handler));
  const apio =
    beside?.apio ??
    new ApioEngine({
      now,
      ...identities,
      random: telltale(identities.random),
      onEntry({ type, keyID }) {
        for (const handler of keyHandlers) handler(type, keyID);
      },
    });
  const mount = new KvMount(now, ({ path }) => noteValue(path, vaultValue(path)));
  const aws: Aws = { manager: new SecretsManager(identities.random), now, onWritten: noteServedByAws };
  const calls: Call[] = [];
  let [armed, events, struck, launched] = [false, 0, 0, 0];
  const living: OperatorProcess[] = [];
  const down = new Set<Peer>();
  const silent = new Set<string>();
  const everyone: Process[] = [];
  const troubles = createStoreTroubles(() => scheduler.now);

  function noteKey(type: string, id: string): void {
    const key = apio.keys.find((candidate) => candidate.id === id);
    if (!key) return;
    // What people make is ours once it was taken for an attempt.
    if (type === 'issued' && !setting.people) ledger.add(acting, { type: 'Issued', key: keyOf(key) });
    const known = ledger.keys.get(id);
    if (type === 'revoked' && known) ledger.add(acting, { type: 'Died', key: known, how: 'Revoked' });
  }

  function keyOf(key: ApioKey): Key {
    const { id, text, label } = key;
    const print = fingerprint(new SecretValue(text));
    return { id, text, label, fingerprint: print, alive: () => apio.statusOf(key) === 'active' };
  }

  function vaultValue(path: string): Value | undefined {
    const { status, body } = mount.read(path);
    if (status !== 200) return undefined;
    const { data, metadata } = (body as VaultRead).data;
    return shownValue({ version: String(metadata.version), ...decodeData(data) });
  }

  /** A version that nobody is served yet, and labels of ours, are no change. */
  function noteServedByAws(path: string): void {
    const served = servedByAws(aws, path);
    if (served?.version === ledger.targets.get(path)?.version) return;
    noteValue(path, served && shownValue(served));
  }

  function noteValue(path: string, after: Value | undefined): void {
    ledger.add(acting, { type: 'TargetWritten', path, before: ledger.targets.get(path), after });
  }

  function noteChange({ resource, before, after, part, guarded }: Change): void {
    const object = after ?? before;
    if (resource === rotations && object?.metadata.name === NAME)
      noteRotation(before, after, part === 'status', guarded);
    if (resource.plural === secrets.plural && object && setting.people && isOfPeople(object)) notePeople(object, after);
    else if (resource.plural === secrets.plural && object) noteValue(object.metadata.name, after && secretValue(after));
    if (resource.plural === leases.plural)
      ledger.add(acting, { type: 'LeaseWritten', after: after as Lease | undefined });
    if (resource.plural === 'migrationreports' && after) {
      ledger.add(acting, { type: 'ReportWritten', report: after as unknown as MigrationReport });
    }
    if (after && resource.plural !== secrets.plural)
      ledger.add(acting, { type: 'Said', where: resource.plural, what: after, instead: before });
  }

  /** A key is taken when it is registered for its attempt. */
  function notePeople({ metadata: { name } }: Stored, after: Stored | undefined): void {
    const text = after && textsOf(after).join('\n');
    ledger.add(acting, { type: 'Exchanged', secret: isRegister(name) ? 'Register' : 'Handover', text });
    if (!isRegister(name)) return;
    for (const { keyID, label } of registeredIn(after)) {
      const key = apio.keys.find(({ id }) => id === keyID);
      if (key && taken.get(label) !== keyID) ledger.add(acting, { type: 'Issued', key: { ...keyOf(key), label } });
      taken.set(label, keyID);
    }
  }
  const taken = new Map<string, string>();

  function noteRotation(before: Stored | undefined, after: Stored | undefined, ofStatus: boolean, guarded: boolean) {
    const [was, is] = [before as ApiKeyRotation | undefined, after as ApiKeyRotation | undefined];
    if (ofStatus && was && is) ledger.add(acting, { type: 'StatusWritten', before: was, after: is, guarded });
    else ledger.add(acting, { type: 'ObjectWritten', before: was, after: is });
  }

  function faultOf(call: Call, process: Process): CallFault | undefined {
    const planned = plannedFault(call, process);
    if (planned === undefined || !isStoreTrouble(planned)) return planned ?? troubles.faultOf(call);
    troubles.begin(planned);
    return troubles.faultOf(call);
  }

  function plannedFault(call: Call, process: Process): CallFault | undefined {
    if (!armed) return undefined;
    calls.push(call);
    const fault = faults?.get(calls.length);
    if (fault && canMeet(call, fault)) {
      struck += 1;
      ledger.add(process.name, { type: 'Struck', call, fault, number: calls.length });
      if (fault === 'meanwhile') setting.meanwhile?.();
      return fault;
    }
    return undefined;
  }

  function fateOf(_change: Change, process: Process): EventFate {
    if (!armed) return 'Arrives';
    events += 1;
    const fate = fates?.get(events) ?? 'Arrives';
    if (fate !== 'Arrives') {
      struck += 1;
      ledger.add(process.name, { type: 'EventStruck', fate, number: events });
    }
    return fate;
  }

  function execute<T>(call: Call, process: Process, run: (stale: boolean) => T, stale: boolean): Outcome<T> {
    const before = acting;
    acting = process.name;
    try {
      const value = run(stale);
      ledger.add(process.name, { type: 'Answered', call, value });
      return { value };
    } catch (error) {
      ledger.add(process.name, { type: 'Failed', call });
      return { error };
    } finally {
      acting = before;
    }
  }

  function launch(): void {
    launched += 1;
    const name = `op${launched}`;
    const operator = createOperatorProcess(name, {
      scheduler,
      latency,
      begin: (call) => ledger.add(name, { type: 'Begun', call }),
      faultOf,
      fateOf,
      execute,
      isDown: (peer) => down.has(peer),
      isSilent: (issuerName) => silent.has(issuerName),
      storage,
      apio,
      managerText,
      mount,
      aws,
      setting,
      installation,
      limits,
      entropy: createSeededEntropy(seed * 64 + launched),
      onRefusal: ({ retryAfterSeconds }, call) => ledger.add(name, { type: 'Refused', call, retryAfterSeconds }),
      say: (what) => ledger.add(name, { type: 'Said', where: 'log', what }),
      answered: (call, value) => ledger.add(name, { type: 'Answered', call, value }),
      onDeath(dead) {
        living.splice(
          living.findIndex(({ process }) => process === dead),
          1,
        );
        ledger.add(dead.name, { type: 'ProcessDied' });
        scheduler.after(RESTART_MS, launch);
      },
    });
    living.push(operator);
    everyone.push(operator.process);
  }

  onKey(noteKey);
  const managerText = apio.createManager('Live', 'acme').text;
  storage.follow(noteChange);
  prepare(storage, setting);
  return {
    scheduler,
    ledger,
    storage,
    apio,
    mount,
    setting,
    calls,
    trace,
    events: () => events,
    struck: () => struck,
    operators: living,
    random: schedule.random,
    arm(now = true) {
      armed = now;
    },
    calmAt: () => Math.max(troubles.until(), ...everyone.map(({ troubledUntil }) => troubledUntil())),
    launch,
    down,
    silent,
    rotation: () => storage.find(ROTATION) as ApiKeyRotation | undefined,
    outside(act) {
      acting = OUTSIDE;
      return act();
    },
    asked(act) {
      acting = ASKED;
      try {
        return act();
      } finally {
        acting = OUTSIDE;
      }
    },
    onChange: (handler) => void handlers.push(handler),
    onKey,
    digest: () => (hash >>> 0).toString(16).padStart(8, '0'),
  };
}

interface VaultRead {
  readonly data: { readonly data: Record<string, unknown>; readonly metadata: { readonly version: number } };
}

/** What consumers notice. */
function changeIn(entry: Entry): string | undefined {
  if (entry.type === 'TargetWritten') return entry.path;
  if (entry.type !== 'StatusWritten') return undefined;
  return entry.after.status?.revision === entry.before.status?.revision ? undefined : 'revision';
}

/** The line of a happening in the trace; undefined where it is too dull for one. */
function describe(entry: Entry): string | undefined {
  switch (entry.type) {
    case 'Issued':
      return `ISSUED ${entry.key.id} ${entry.key.label}`;
    case 'Died':
      return `${entry.how.toUpperCase()} ${entry.key.id}`;
    case 'TargetWritten': {
      const { marker } = entry.after ?? {};
      return `WROTE ${entry.path} ${marker ? `${marker.revision}.${marker.attempt} ${marker.keyID}` : 'without marker'}`;
    }
    case 'StatusWritten': {
      const { revision, attempt, rotation, conditions } = entry.after.status ?? {};
      const rotating = conditions?.find(({ type }) => type === 'Rotating');
      const intent = rotation?.revokeIntent ? ` revoke ${rotation.revokeIntent.keyID}` : '';
      return `STATUS ${revision}.${attempt} ${rotating?.reason}${intent}`;
    }
    case 'ObjectWritten':
      return entry.after ? `OBJECT generation ${entry.after.metadata.generation}` : 'OBJECT gone';
    case 'Exchanged':
      return `${entry.secret.toUpperCase()} ${entry.text === undefined ? 'gone' : 'written'}`;
    case 'ReportWritten':
      return `REPORT ${entry.report.spec.consumer} ${entry.report.spec.revision} ${entry.report.spec.type}`;
    case 'Answered':
      return `${entry.call.name} ${entry.call.detail}`;
    case 'Failed':
      return `${entry.call.name} ${entry.call.detail} refused`;
    case 'Loaded':
      return `LOADS ${entry.pod}`;
    case 'PodGone':
      return `GONE ${entry.pod}`;
    case 'Struck':
      return `FAULT ${entry.fault} at call ${entry.number}: ${entry.call.name}`;
    case 'EventStruck':
      return `FAULT ${entry.fate} event ${entry.number}`;
    case 'ProcessDied':
      return 'dies';
    case 'LeaseWritten':
      return `LEASE ${entry.after?.spec?.holderIdentity || 'free'}`;
    case 'Approved':
      return `APPROVES ${entry.consumer} ${entry.revision}`;
    case 'Begun':
    case 'Refused':
    case 'Used':
    case 'Told':
    case 'Said':
      return undefined;
  }
}

/** Issuers and stores, checked and ready. */
function prepare(storage: KubeStorage, { store, people, hasClusterKinds }: Setting): void {
  const ready = {
    observedGeneration: 1,
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: 'Checked',
        message: 'the credentials work and the settings fit',
        observedGeneration: 1,
        lastTransitionTime: new Date(EPOCH).toISOString(),
      },
    ],
  };
  const secretRef = { name: 'apio-manager', key: 'apiKey' };
  const environments = [{ name: 'Live', url: 'https://live.apio.test', credentials: { secretRef } }];
  const make = (resource: Resource, namespace: string | undefined, name: string, spec: object) => {
    storage.create(resource, namespace, { metadata: { name }, spec });
    storage.mergePatch({ resource, namespace, name }, { status: ready }, 'status');
  };
  const issuer = { type: 'APIO', apio: { environments } };
  const asked = { type: 'Support', support: { environments: [{ name: 'Live' }], expectedWithin: '1h' } };
  const vault = { type: 'Vault', vault: {} };
  make(issuers, NAMESPACE, ISSUER, people ? asked : issuer);
  make(stores, NAMESPACE, STORE, store === 'Vault' ? vault : { type: store });
  if (!hasClusterKinds) return;
  make(clusterIssuers, undefined, ISSUER, issuer);
  make(clusterStores, undefined, STORE, vault);
}

/** One more running pod of a ServiceAccount. */
export function addPod({ storage }: Pick<World, 'storage'>, name: string, serviceAccountName: string): Stored {
  storage.create(pods, NAMESPACE, { metadata: { name }, spec: { serviceAccountName } });
  return storage.replace({ resource: pods, namespace: NAMESPACE, name }, { status: { phase: 'Running' } }, 'status');
}
