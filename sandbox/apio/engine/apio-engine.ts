import {
  type ApioKey,
  ApioProblem,
  type Environment,
  invalidRequest,
  type LedgerEntry,
  type Operation,
  type UseCount,
} from './types.ts';

/** Where time and chance come from; the engine has neither clock nor timer nor network of its own. */
export interface ApioEngineDeps {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly uuid: () => string;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Told of every effect, within the call that has it. */
  readonly onEntry?: (entry: LedgerEntry) => void;
}

/** How the API behaves; may be changed at any time. */
export interface ApioSettings {
  /** Whether permissions of a key can be changed, or a new key is demanded (409 new_key_required). */
  permissionChange: 'InPlace' | 'NewKey';
  /** How long a new key lives; undefined: for ever. */
  keyLifetimeMs: number | undefined;
}

/** The body of an issue request, already known to have these types. */
export interface IssueRequest {
  readonly organization: string | undefined;
  readonly environment: string;
  readonly permissions: readonly string[];
  readonly label: string | undefined;
}

/** `replayed`: the same Idempotency-Key made this key before; its text is not given out again. */
export interface IssueOutcome {
  readonly key: ApioKey;
  readonly replayed: boolean;
}

/** Which keys to list; `cursor` is the `next` of the page before. */
export interface ListQuery {
  readonly label?: string;
  readonly labelPrefix?: string;
  readonly cursor?: string;
  readonly limit?: number;
}

const MANAGE = 'keys:manage';
const MAX_PAGE = 100;
/** What keys are made of, but for how they begin. */
export const KEY_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** The issuing API as a plain synchronous state machine: both worlds, delivered-once keys, idempotency, ledger. */
export class ApioEngine {
  readonly settings: ApioSettings = { permissionChange: 'InPlace', keyLifetimeMs: undefined };
  /** Requests per operation, refused ones included. */
  readonly calls: Record<Operation, number> = {
    issue: 0,
    list: 0,
    get: 0,
    update: 0,
    revoke: 0,
    self: 0,
    use: 0,
    other: 0,
  };
  readonly #deps: ApioEngineDeps;
  readonly #keys: ApioKey[] = [];
  readonly #byText = new Map<string, ApioKey>();
  readonly #ledger: LedgerEntry[] = [];
  readonly #issues = new Map<string, { readonly body: string; readonly key: ApioKey }>();

  constructor(deps: ApioEngineDeps) {
    this.#deps = deps;
  }

  /** Every effect so far; append-only. */
  get ledger(): readonly LedgerEntry[] {
    return this.#ledger;
  }

  /** Every key that was ever made, management credentials included. */
  get keys(): readonly ApioKey[] {
    return this.#keys;
  }

  now(): number {
    return this.#deps.now();
  }

  /** What a person at Support would hand out: a credential for the management calls of one organization and world. */
  createManager(environment: Environment, organization: string, permissions: readonly string[] = [MANAGE]): ApioKey {
    return this.#create({ environment, organization, permissions, label: undefined, manager: true });
  }

  /** The living key of this text in this world; throws 401 otherwise. Counts the use. */
  authenticate(environment: Environment, text: string | undefined, use: 'uses' | 'probes'): ApioKey {
    const key = text === undefined ? undefined : this.#byText.get(text);
    if (!key || key.environment !== environment) {
      const code = text === undefined ? 'missing_api_key' : 'invalid_api_key';
      throw new ApioProblem(401, 'authentication_error', code, 'No API key, or one that is not known here.');
    }
    const status = this.statusOf(key);
    this.#count(status === 'active' ? key[use] : key.rejected);
    if (status === 'active') return key;
    throw new ApioProblem(401, 'authentication_error', `${status}_api_key`, `This API key is ${status}.`);
  }

  /** Throws 403 unless the key has the permission. */
  authorize(key: ApioKey, permission: string): void {
    if (key.permissions.includes(permission)) return;
    throw new ApioProblem(403, 'permission_error', 'missing_permission', `The API key lacks ${permission}.`);
  }

  /** The credential of a management call; throws 401 or 403. */
  manager(environment: Environment, text: string | undefined): ApioKey {
    const key = this.authenticate(environment, text, 'probes');
    this.authorize(key, MANAGE);
    return key;
  }

  issue(manager: ApioKey, request: IssueRequest, idempotencyKey: string | undefined): IssueOutcome {
    const { environment, organization } = manager;
    const slot = `${environment}\n${organization}\n${idempotencyKey}`;
    const body = JSON.stringify([
      request.organization,
      request.environment,
      [...request.permissions].sort(),
      request.label,
    ]);
    const before = idempotencyKey === undefined ? undefined : this.#issues.get(slot);
    if (before && before.body !== body) {
      throw new ApioProblem(
        409,
        'idempotency_error',
        'idempotency_mismatch',
        'This Idempotency-Key came with another body.',
      );
    }
    if (before) {
      this.#record('replayed', before.key, manager.id);
      return { key: before.key, replayed: true };
    }
    this.#checkIssue(manager, request);
    const key = this.#create({ environment, organization, permissions: request.permissions, label: request.label });
    if (idempotencyKey !== undefined) this.#issues.set(slot, { body, key });
    this.#record('issued', key, manager.id);
    return { key, replayed: false };
  }

  /** One page in the order of issue. */
  list(manager: ApioKey, query: ListQuery): { readonly keys: readonly ApioKey[]; readonly next: string | undefined } {
    const { label, labelPrefix = '', cursor = '0', limit = 50 } = query;
    const wanted = (key: ApioKey) =>
      (label === undefined || key.label === label) &&
      (key.label ?? '').startsWith(labelPrefix) &&
      this.#visible(manager, key);
    if (!/^\d{1,9}$/.test(cursor)) throw invalidRequest('invalid_cursor', 'The cursor is none of ours.');
    const size = Math.min(Math.max(limit, 1), MAX_PAGE);
    const found: ApioKey[] = [];
    for (let index = Number(cursor); index < this.#keys.length; index += 1) {
      const key = this.#keys[index];
      if (!key || !wanted(key)) continue;
      if (found.length === size) return { keys: found, next: String(index) };
      found.push(key);
    }
    return { keys: found, next: undefined };
  }

  get(manager: ApioKey, id: string): ApioKey {
    const key = this.#keys.find((candidate) => candidate.id === id);
    if (key && this.#visible(manager, key)) return key;
    throw new ApioProblem(404, 'invalid_request_error', 'not_found', 'There is no such API key.');
  }

  updatePermissions(manager: ApioKey, id: string, add: readonly string[], remove: readonly string[]): ApioKey {
    const key = this.get(manager, id);
    if (this.settings.permissionChange === 'NewKey') {
      throw new ApioProblem(409, 'conflict_error', 'new_key_required', 'This change needs a new key.');
    }
    if (this.statusOf(key) !== 'active')
      throw new ApioProblem(409, 'conflict_error', 'key_not_active', 'The key is dead.');
    const permissions = [...new Set([...key.permissions, ...add])].filter((permission) => !remove.includes(permission));
    this.#checkPermissions(permissions);
    const permissionsBefore = key.permissions;
    if (permissions.length === permissionsBefore.length && add.every((each) => permissionsBefore.includes(each)))
      return key;
    key.permissions = permissions;
    this.#record('permissionsChanged', key, manager.id, { permissionsBefore });
    return key;
  }

  /** Kills a key; doing it again changes nothing. */
  revoke(manager: ApioKey, id: string): ApioKey {
    return this.#kill(this.get(manager, id), manager.id);
  }

  /** Kills a key behind the back of whoever manages it. False where there is none. */
  revokeOutside(id: string): boolean {
    const key = this.#keys.find((candidate) => candidate.id === id);
    if (key) this.#kill(key, 'outside');
    return key !== undefined;
  }

  statusOf(key: Pick<ApioKey, 'revokedAt' | 'expiresAt'>): 'active' | 'revoked' | 'expired' {
    if (key.revokedAt !== undefined) return 'revoked';
    return key.expiresAt !== undefined && this.now() >= key.expiresAt ? 'expired' : 'active';
  }

  /** When somebody last called with the key, and was not refused; milliseconds since the epoch. */
  lastUse({ uses, probes }: Pick<ApioKey, 'uses' | 'probes'>): number | undefined {
    return Math.max(uses.lastAt ?? 0, probes.lastAt ?? 0) || undefined;
  }

  #kill(key: ApioKey, by: string): ApioKey {
    if (key.revokedAt === undefined) {
      key.revokedAt = this.now();
      this.#record('revoked', key, by);
    }
    return key;
  }

  #visible(manager: ApioKey, key: ApioKey): boolean {
    return !key.manager && key.environment === manager.environment && key.organization === manager.organization;
  }

  #checkIssue(manager: ApioKey, { organization, environment, permissions }: IssueRequest): void {
    if (environment !== manager.environment) {
      throw invalidRequest('environment_mismatch', `This is the ${manager.environment} environment.`);
    }
    if (organization !== undefined && organization !== manager.organization) {
      throw new ApioProblem(
        403,
        'permission_error',
        'foreign_organization',
        'The credential is of another organization.',
      );
    }
    this.#checkPermissions(permissions);
  }

  #checkPermissions(permissions: readonly string[]): void {
    const good = permissions.every((permission) => /^[a-z_]+:[a-z_]+$/.test(permission) && permission !== MANAGE);
    if (!good || permissions.length === 0)
      throw invalidRequest('invalid_permissions', 'Permissions look like payments:read.');
  }

  #create(
    spec: Pick<ApioKey, 'environment' | 'organization' | 'permissions' | 'label'> & { manager?: boolean },
  ): ApioKey {
    const { keyLifetimeMs } = this.settings;
    const createdAt = this.now();
    const key: ApioKey = {
      manager: false,
      ...spec,
      permissions: [...new Set(spec.permissions)],
      id: `key_${this.#deps.uuid().replaceAll('-', '').slice(-12)}`,
      text: `apio_${spec.environment.toLowerCase()}_${this.#randomText(40)}`,
      createdAt,
      expiresAt: keyLifetimeMs === undefined || spec.manager ? undefined : createdAt + keyLifetimeMs,
      revokedAt: undefined,
      uses: { count: 0 },
      probes: { count: 0 },
      rejected: { count: 0 },
    };
    this.#keys.push(key);
    this.#byText.set(key.text, key);
    return key;
  }

  #randomText(length: number): string {
    const pick = () => KEY_CHARACTERS.charAt(Math.floor(this.#deps.random() * KEY_CHARACTERS.length));
    return Array.from({ length }, pick).join('');
  }

  #record(
    type: LedgerEntry['type'],
    key: ApioKey,
    by: string,
    more: Pick<LedgerEntry, 'permissionsBefore'> = {},
  ): void {
    const at = new Date(this.now()).toISOString();
    const entry = { at, type, environment: key.environment, keyID: key.id, by, ...more };
    this.#ledger.push(entry);
    this.#deps.onEntry?.(entry);
  }

  #count(counter: UseCount): void {
    counter.count += 1;
    counter.lastAt = this.now();
    counter.firstAt ??= counter.lastAt;
  }
}
