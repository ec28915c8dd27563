import {
  absent,
  answer,
  asObject,
  failure,
  type Json,
  permissionDenied,
  policyDenied,
  type VaultAnswer,
  type VaultRequest,
} from './answers.ts';
import { Faults, type Operation } from './faults.ts';
import { type HeldVersion, type KvChange, KvMount } from './kv.ts';
import { Logins, type ReviewJwt } from './logins.ts';
import { type Capability, DEFAULT_POLICY, Policies, type PolicyRule, ROOT_POLICY } from './policies.ts';
import { type Token, type TokenRequest, Tokens } from './tokens.ts';

/** What the engine needs from outside. */
export interface VaultEngineOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly uuid: () => string;
  /** Checks JWTs for auth/jwt and auth/kubernetes; without it every such login is refused. */
  readonly reviewJwt?: ReviewJwt;
  /** Told of every change to a mount, within the call that makes it. */
  readonly onChange?: (entry: LedgerEntry) => void;
}

/** One change to a mount, as the ledger keeps it. */
export interface LedgerEntry extends KvChange {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly mount: string;
}

/** Whether Vault serves, and if not, how it says so: the codes of sys/health. */
export type ServingState =
  | 'Active'
  | 'Sealed'
  | 'Standby'
  | 'PerformanceStandby'
  | 'DisasterRecovery'
  | 'Uninitialized';

/** What becomes of a request: an answer after some time, or none. */
export type Reply =
  | { readonly type: 'Answered'; readonly answer: VaultAnswer; readonly delayMs: number }
  | { readonly type: 'CutOff' }
  | { readonly type: 'Silent' };

const HEALTH_CODES = {
  Active: 200,
  Sealed: 503,
  Standby: 429,
  PerformanceStandby: 473,
  DisasterRecovery: 472,
  Uninitialized: 501,
} as const satisfies Record<ServingState, number>;

const INVALID_TOKEN = failure(403, '2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n');

/** A Vault without network, timers or clock of its own: KV version 2, tokens, logins, policies, faults, and a ledger. */
export class VaultEngine {
  readonly faults = new Faults();
  readonly policies = new Policies();
  readonly tokens: Tokens;
  readonly logins: Logins;
  /** Everything that ever changed a mount, oldest first. */
  readonly ledger: LedgerEntry[] = [];
  /** Set it to seal, unseal or demote. */
  state: ServingState = 'Active';
  readonly #now: () => number;
  readonly #onChange: (entry: LedgerEntry) => void;
  readonly #mounts = new Map<string, KvMount>();
  readonly #versionOneMounts = new Set<string>();

  constructor({ now, uuid, reviewJwt = () => undefined, onChange = () => {} }: VaultEngineOptions) {
    this.#now = now;
    this.#onChange = onChange;
    this.tokens = new Tokens(now, uuid);
    this.logins = new Logins(reviewJwt, this.tokens);
  }

  /** Mounts a KV engine: `secret`, `team-a/kv`. Version 1 can be recognised, and nothing else. */
  mountKv(name: string, version: 1 | 2 = 2): void {
    const record = (change: KvChange) => {
      const entry = { ...change, time: this.#now(), mount: name };
      this.ledger.push(entry);
      this.#onChange(entry);
    };
    if (version === 2) this.#mounts.set(name, new KvMount(this.#now, record));
    else this.#versionOneMounts.add(name);
  }

  setPolicy(name: string, rules: readonly PolicyRule[]): void {
    this.policies.set(name, rules);
  }

  /** The text of a new token; one that may do everything unless policies are named. */
  createToken(request: Partial<TokenRequest> = {}): string {
    return this.tokens.create({ policies: [ROOT_POLICY], ...request }).id;
  }

  /** Every version whose data is still held, with its mount: what a thief of the storage would find. */
  held(): (HeldVersion & { readonly mount: string })[] {
    return [...this.#mounts].flatMap(([mount, kv]) => kv.held().map((version) => ({ ...version, mount })));
  }

  /** The data that a reader of the path is served now; undefined where there is none. */
  serving(mount: string, path: string): Json | undefined {
    const { status, body } = this.#mounts.get(mount)?.read(path) ?? absent;
    return status === 200 ? asObject(asObject(asObject(body).data).data) : undefined;
  }

  /** Carries out one request, unless a fault was planned for it. */
  handle(request: VaultRequest): Reply {
    const fault = this.faults.take(operationOf(request, this.#route(request.path)?.area));
    if (fault?.type === 'Drop') return { type: 'CutOff' };
    if (fault?.type === 'Answer') return { type: 'Answered', answer: fault.answer, delayMs: 0 };
    const result = this.#answer(request);
    if (fault?.type === 'LoseAnswer') return { type: 'CutOff' };
    if (fault?.type === 'Silence') return { type: 'Silent' };
    return { type: 'Answered', answer: result, delayMs: fault?.ms ?? 0 };
  }

  #answer(request: VaultRequest): VaultAnswer {
    if (request.path === 'sys/health') return this.#health();
    // A Vault that was never initialized says the same; only its health tells the two apart.
    if (this.state === 'Sealed' || this.state === 'Uninitialized') return failure(503, 'Vault is sealed');
    if (this.state === 'DisasterRecovery') return failure(472, 'path disabled in replication DR secondary mode');
    const login = this.logins.answer(request.path, request.body);
    if (login) return login;
    if (!request.token) return permissionDenied;
    const token = this.tokens.find(request.token);
    return token ? this.#authorized(request, token) : INVALID_TOKEN;
  }

  #authorized(request: VaultRequest, token: Token): VaultAnswer {
    if (request.path === 'auth/token/lookup-self')
      return mayAskOfItself(token) ? this.tokens.lookUp(token) : policyDenied;
    if (request.path === 'auth/token/renew-self')
      return mayAskOfItself(token) ? this.tokens.renew(token) : policyDenied;
    const mount = /^sys\/internal\/ui\/mounts\/(.+?)\/?$/.exec(request.path)?.[1];
    if (mount !== undefined) return this.#describeMount(mount, token);
    return this.#keyValue(request, token);
  }

  #describeMount(mount: string, token: Token): VaultAnswer {
    const version = this.#mounts.has(mount) ? '2' : this.#versionOneMounts.has(mount) ? '1' : undefined;
    if (version === undefined || !this.policies.reaches(token.policies, `${mount}/`)) {
      const remedy = `please ensure client's policies grant access to path "${mount}/"`;
      return failure(403, `preflight capability check returned 403, ${remedy}`);
    }
    return answer({ type: 'kv', path: `${mount}/`, options: { version } });
  }

  #keyValue(request: VaultRequest, token: Token): VaultAnswer {
    const route = this.#route(request.path);
    const capability = capabilityOf(request, route && route.area === 'data' && !route.kv.has(route.path));
    if (!this.policies.allows(token.policies, capability, request.path)) return policyDenied;
    if (!route) return failure(404, `no handler for route "${request.path}". route entry not found.`);
    const handler = HANDLERS[`${verbOf(request)} ${route.area}`];
    if (!METHODS.includes(request.method) || (!handler && AREAS.has(route.area))) return UNSUPPORTED;
    if (!handler) return NO_SUCH_PATH;
    return handler(route.kv, route.path, asObject(request.body), request);
  }

  #route(path: string): { kv: KvMount; area: string; path: string } | undefined {
    for (const [name, kv] of this.#mounts) {
      if (!path.startsWith(`${name}/`)) continue;
      const [area = '', ...rest] = path.slice(name.length + 1).split('/');
      return { kv, area, path: rest.join('/') };
    }
    return undefined;
  }

  #health(): VaultAnswer {
    const sealed = this.state === 'Sealed' || this.state === 'Uninitialized';
    const standby = sealed || this.state === 'Standby' || this.state === 'PerformanceStandby';
    const initialized = this.state !== 'Uninitialized';
    const body = { initialized, sealed, standby, server_time_utc: Math.floor(this.#now() / 1000), version: '1.21.0' };
    return { status: HEALTH_CODES[this.state], body };
  }
}

function mayAskOfItself({ policies }: Token): boolean {
  return policies.includes(DEFAULT_POLICY) || policies.includes(ROOT_POLICY);
}

type Handler = (kv: KvMount, path: string, body: Json, request: VaultRequest) => VaultAnswer;

const HANDLERS: Readonly<Record<string, Handler>> = {
  'read data': (kv, path, _, { query }) => kv.read(path, query?.version),
  'write data': (kv, path, body) => kv.write(path, body),
  'delete data': (kv, path) => kv.delete(path),
  'write delete': (kv, path, body) => kv.delete(path, body.versions ?? []),
  'write undelete': (kv, path, body) => kv.undelete(path, body.versions),
  'write destroy': (kv, path, body) => kv.destroy(path, body.versions),
  'list metadata': (kv, path) => kv.list(path),
  'read metadata': (kv, path) => kv.readMetadata(path),
  'write metadata': (kv, path, body) => kv.writeMetadata(path, body),
  'delete metadata': (kv, path) => kv.deleteMetadata(path),
  'read config': (kv) => kv.readConfig(),
  'write config': (kv, _, body) => kv.writeConfig(body),
};

const METHODS = ['GET', 'LIST', 'POST', 'PUT', 'DELETE'];
const AREAS = new Set(Object.keys(HANDLERS).map((name) => name.split(' ')[1]));
const UNSUPPORTED = failure(405, '1 error occurred:\n\t* unsupported operation\n\n');
const NO_SUCH_PATH = answer(null, {
  status: 404,
  warnings: [
    'Invalid path for a versioned K/V secrets engine. See the API docs for the appropriate API endpoints to use. ' +
      "If using the Vault CLI, use 'vault kv get' for this operation.",
  ],
});

function verbOf({ method, query }: VaultRequest): 'read' | 'list' | 'write' | 'delete' {
  if (method === 'LIST' || (method === 'GET' && query?.list === 'true')) return 'list';
  if (method === 'GET') return 'read';
  return method === 'DELETE' ? 'delete' : 'write';
}

function capabilityOf(request: VaultRequest, creates: boolean | undefined): Capability {
  const verb = verbOf(request);
  if (verb !== 'write') return verb;
  return creates ? 'create' : 'update';
}

function operationOf(request: VaultRequest, area: string | undefined): Operation {
  if (/^auth\/.+\/login$/.test(request.path)) return 'login';
  if (request.path.startsWith('auth/token/')) return 'token';
  if (request.path.startsWith('sys/internal/ui/mounts/')) return 'mounts';
  if (request.path === 'sys/health') return 'health';
  const verb = verbOf(request);
  if (area === 'data' && verb !== 'list') return verb;
  const named = (['delete', 'undelete', 'destroy', 'metadata', 'config'] as const).find((one) => one === area);
  return named ?? 'other';
}
