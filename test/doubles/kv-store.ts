import type { VaultEngine } from '../../sandbox/vault/engine/vault-engine.ts';
import { CallError } from '../../src/http/call-error.ts';
import type { KeyStore, StoredValue } from '../../src/stores/port.ts';
import { readVersion, readWritten } from '../../src/stores/vault/vault-answers.ts';
import { decodeData, encodeData } from '../../src/stores/vault/vault-fields.ts';
import { findReplaced } from '../../src/stores/vault/vault-replaced.ts';
import type { Outside } from './outside-calls.ts';

/** The two requests that a KeyStore makes of a KV version 2 mount. */
export interface KvRequests {
  read(path: string, version?: string): KvReply;
  write(path: string, body: { readonly options: { readonly cas: number }; readonly data: object }): KvReply;
}

interface KvReply {
  readonly status: number;
  readonly body?: unknown;
}

/** Takes a call to its mount; `stale`: as things were before the last write. */
export type KvCall = <T>(
  kind: 'read' | 'readVersion' | 'write' | 'check',
  path: string,
  execute: (stale?: boolean) => T,
) => Promise<T>;

/** A KV version 2 mount as a KeyStore, without a network. */
export function createKvStore(address: string, kv: KvRequests, call: KvCall): KeyStore {
  function stored(path: string, version?: string): StoredValue | undefined {
    const { status, body } = kv.read(path, version);
    const found = readVersion(body);
    if (!found) return undefined;
    // A version that was deleted keeps its number.
    const data = status === 200 ? (found.data ?? {}) : {};
    return { version: String(found.version), createdTime: found.createdTime, ...decodeData(data) };
  }
  function before(path: string): StoredValue | undefined {
    const version = Number(stored(path)?.version ?? 0) - 1;
    return version > 0 ? stored(path, String(version)) : undefined;
  }

  return {
    address,
    versionsNameValues: true,
    keepsVersions: true,
    read: (path) => call('read', path, (stale) => (stale ? before(path) : stored(path))),
    readReplaced: (path, former) => {
      const at = (version?: string) => call('readVersion', path, () => stored(path, version));
      return findReplaced({ current: at, at }, former);
    },
    forgetReplaced: async () => false,
    publish: ({ path, fields, marker, base }) =>
      call('write', path, () => {
        const cas = base.type === 'Absent' ? 0 : Number(base.version);
        const { status, body } = kv.write(path, { options: { cas }, data: encodeData(fields, marker) });
        const written = status === 200 ? readWritten(body) : undefined;
        if (!written)
          throw new CallError('conflict', 'CheckAndSetMismatch', `${path} was written by somebody else`, { status });
        return { version: String(written.version), createdTime: written.createdTime };
      }),
    check: () => call('check', '', () => undefined),
  };
}

/** One KV version 2 mount of the sandbox's Vault as a KeyStore. */
export function createMemoryStore(engine: VaultEngine, mount: string, token: string, outside: Outside): KeyStore {
  function ask(method: string, path: string, rest: { body?: unknown; query?: Record<string, string> }): KvReply {
    const reply = engine.handle({ method, path: `${mount}/data/${path}`, token, ...rest });
    if (reply.type !== 'Answered') throw new CallError('unknown', 'NoAnswer', 'the store did not answer');
    return reply.answer;
  }
  const kv: KvRequests = {
    read: (path, version) => ask('GET', path, version === undefined ? {} : { query: { version } }),
    write: (path, body) => ask('POST', path, { body }),
  };
  const names = { read: 'store read', readVersion: 'store read', write: 'store write', check: 'store check' };
  return createKvStore(`vault:https://vault.test/${mount}`, kv, (kind, _path, execute) =>
    outside.call(names[kind], execute),
  );
}
