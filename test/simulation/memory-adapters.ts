import type { ApioEngine } from '../../sandbox/apio/engine/apio-engine.ts';
import { type ApioKey, ApioProblem } from '../../sandbox/apio/engine/types.ts';
import type { VaultEngine } from '../../sandbox/vault/engine/vault-engine.ts';
import { CallError } from '../../src/http/call-error.ts';
import type { Issuer, IssuerCapabilities, KeyRecord } from '../../src/issuers/port.ts';
import { formatAttemptId } from '../../src/key/attempt-id.ts';
import { SecretValue } from '../../src/key/secret-value.ts';
import type { KeyStore, StoredValue } from '../../src/stores/port.ts';
import { readVersion, readWritten } from '../../src/stores/vault/vault-answers.ts';
import { decodeData, encodeData } from '../../src/stores/vault/vault-fields.ts';
import { findReplaced } from '../../src/stores/vault/vault-replaced.ts';
import { APIO, issueAs } from './memory-issuing.ts';
import type { Outside } from './outside.ts';

/** The Live world of the sandbox's issuing API as an Issuer, without a network; with other capabilities it is another vendor's. */
export function createMemoryIssuer(
  engine: ApioEngine,
  managerText: string,
  outside: Outside,
  capabilities: IssuerCapabilities = APIO,
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
  const call = <T>(name: string, execute: () => T) => outside.call(`issuer ${name}`, () => translate(name, execute));

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
    list: ({ installation, uid }) =>
      call('list', () => {
        if (!capabilities.list) throw new CallError('refused', 'NotSupported', 'list: this issuer lists no keys');
        return engine.list(manager(), { labelPrefix: `${installation}/${uid}/`, limit: 100 }).keys.map(record);
      }),
    verify: (key) =>
      call('verify', () => orUndefined(401, () => record(engine.authenticate('Live', key.reveal(), 'probes')))),
    get: (keyID) => call('get', () => orUndefined(404, () => record(engine.get(manager(), keyID)))),
    revoke: (keyID) => call('revoke', () => void engine.revoke(manager(), keyID)),
    check: () => call('check', () => void manager()),
  };
}

/** One KV version 2 mount of the sandbox's Vault as a KeyStore, without a network. */
export function createMemoryStore(engine: VaultEngine, mount: string, token: string, outside: Outside): KeyStore {
  function stored(path: string, query: Record<string, string> = {}): StoredValue | undefined {
    const { status, body } = ask('GET', path, undefined, query);
    const version = status === 200 ? readVersion(body) : undefined;
    if (!version) return undefined;
    return { version: String(version.version), createdTime: version.createdTime, ...decodeData(version.data ?? {}) };
  }

  function ask(
    method: string,
    path: string,
    body?: unknown,
    query: Record<string, string> = {},
  ): { status: number; body?: unknown } {
    const reply = engine.handle({
      method,
      path: `${mount}/data/${path}`,
      token,
      query,
      ...(body === undefined ? {} : { body }),
    });
    if (reply.type !== 'Answered') throw new CallError('unknown', 'NoAnswer', 'the store did not answer');
    return reply.answer;
  }
  return {
    address: `vault:https://vault.test/${mount}`,
    versionsNameValues: true,
    keepsVersions: true,
    read: (path) => outside.call('store read', () => stored(path)),
    readReplaced: (path, former) => {
      const read = (query?: Record<string, string>) => outside.call('store read', () => stored(path, query));
      return findReplaced({ current: read, at: (version) => read({ version }) }, former);
    },
    forgetReplaced: async () => {},
    publish: ({ path, fields, marker, base }) =>
      outside.call('store write', () => {
        const cas = base.type === 'Absent' ? 0 : Number(base.version);
        const { status, body } = ask('POST', path, { options: { cas }, data: encodeData(fields, marker) });
        const written = status === 200 ? readWritten(body) : undefined;
        if (!written)
          throw new CallError('conflict', 'CheckAndSetMismatch', `${path} was written by somebody else`, { status });
        return { version: String(written.version), createdTime: written.createdTime };
      }),
    check: () => outside.call('store check', () => undefined),
  };
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
      throw new CallError('refused', 'Refused', `${name}: ${error.code}`, { status: error.status });
    throw error;
  }
}
