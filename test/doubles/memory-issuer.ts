import type { ApioEngine } from '../../sandbox/apio/engine/apio-engine.ts';
import { type ApioKey, ApioProblem } from '../../sandbox/apio/engine/types.ts';
import { CallError } from '../../src/http/call-error.ts';
import type { Issuer, IssuerCapabilities, KeyRecord, KeyUsage } from '../../src/issuers/port.ts';
import { formatAttemptId, type Owner } from '../../src/key/attempt-id.ts';
import { SecretValue } from '../../src/key/secret-value.ts';
import { APIO, issueAs } from './memory-issuing.ts';
import type { Outside } from './outside-calls.ts';

/**
 * The Live world of the sandbox's issuing API as an Issuer, without a network; with other capabilities it is another vendor's.
 * @param listed how the labels begin that an owner's list has
 */
export function createMemoryIssuer(
  engine: ApioEngine,
  managerText: string,
  outside: Outside,
  capabilities: IssuerCapabilities = APIO,
  listed = ({ installation, uid }: Owner) => `${installation}/${uid}/`,
): Issuer {
  const manager = () => engine.manager('Live', managerText);
  const record = (key: ApioKey): KeyRecord => ({
    keyID: key.id,
    status: engine.statusOf(key) === 'active' ? 'Active' : 'Revoked',
    organization: key.organization,
    environment: key.environment,
    permissions: [...key.permissions],
    issuedAt: new Date(key.createdAt).toISOString(),
    ...(key.expiresAt === undefined ? {} : { expiresAt: new Date(key.expiresAt).toISOString() }),
    ...(key.label === undefined ? {} : { label: key.label }),
  });
  /** As over HTTP: the Date header is cut to whole seconds. */
  const usage = (key: ApioKey): KeyUsage => ({
    status: record(key).status,
    asOf: new Date(engine.now()).toUTCString(),
    ...(engine.lastUse(key) === undefined ? {} : { lastUsedAt: new Date(engine.lastUse(key) ?? 0).toISOString() }),
  });
  const call = <T>(name: string, execute: () => T, keyID?: string) =>
    outside.call(`issuer ${name}`, () => translate(name, execute), keyID);

  return {
    capabilities,
    origin: 'https://live.apio.test',
    issue: (attempt, spec) =>
      call('issue', () => {
        const label = formatAttemptId(attempt);
        const request = { organization: undefined, ...spec, label };
        const { key, replayed } = issueAs(capabilities, engine, manager(), request);
        return replayed && capabilities.replay === 'ID'
          ? { type: 'Replayed', keyID: key.id }
          : { type: 'Issued', record: record(key), key: new SecretValue(key.text) };
      }),
    list: (owner) =>
      call('list', () => {
        if (!capabilities.list) throw new CallError('refused', 'RequestRefused', 'list: this issuer lists no keys');
        return engine.list(manager(), { labelPrefix: listed(owner), limit: 100 }).keys.map(record);
      }),
    verify: (key) =>
      call('verify', () => orUndefined(401, () => record(engine.authenticate('Live', key.reveal(), 'probes')))),
    get: (keyID) => call('get', () => orUndefined(404, () => record(engine.get(manager(), keyID))), keyID),
    usage: (keyID) => call('usage', () => orUndefined(404, () => usage(engine.get(manager(), keyID))), keyID),
    updatePermissions: (keyID, { add }) =>
      call('update', () => (addTo(engine, manager(), keyID, add) ? 'Updated' : 'NewKeyRequired'), keyID),
    revoke: (keyID) => call('revoke', () => void engine.revoke(manager(), keyID), keyID),
    check: () => call('check', () => void manager()),
  };
}

/** False where the API demands a new key. */
function addTo(engine: ApioEngine, manager: ApioKey, keyID: string, add: readonly string[]): boolean {
  try {
    engine.updatePermissions(manager, keyID, add, []);
    return true;
  } catch (error) {
    if (error instanceof ApioProblem && error.code === 'new_key_required') return false;
    throw error;
  }
}

function orUndefined<T>(status: number, execute: () => T): T | undefined {
  try {
    return execute();
  } catch (error) {
    if (error instanceof ApioProblem && error.status === status) return undefined;
    throw error;
  }
}

function translate<T>(name: string, execute: () => T): T {
  try {
    return execute();
  } catch (error) {
    if (error instanceof ApioProblem)
      throw new CallError('refused', 'RequestRefused', `${name}: ${error.code}`, { status: error.status });
    throw error;
  }
}
