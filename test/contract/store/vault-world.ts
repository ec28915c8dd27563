import { randomUUID } from 'node:crypto';
import { VaultEngine } from '../../../sandbox/vault/engine/vault-engine.ts';
import { startVaultServer } from '../../../sandbox/vault/server.ts';
import { createHttpTransport } from '../../../src/http/transport.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { systemEntropy } from '../../../src/runtime/entropy.ts';
import type { VaultAuth } from '../../../src/stores/vault/vault-session.ts';
import { createVaultStore, type VaultStore, type VaultStoreOptions } from '../../../src/stores/vault/vault-store.ts';
import type { StoreWorld } from './store-contract.ts';

/** The Vault sandbox on loopback, and our adapter for its mount `secret`. */
export interface VaultWorld extends StoreWorld {
  readonly engine: VaultEngine;
  readonly url: string;
  /** Another store at the same Vault. */
  readonly storeWith: (options: Partial<VaultStoreOptions>) => VaultStore;
  /** A request of an administrator, straight to the engine. */
  readonly admin: (method: string, path: string, body?: unknown) => { status: number; body?: unknown };
}

/** The policy that the docs ask for. */
const POLICY = [
  { path: 'secret/data/*', capabilities: ['create', 'read', 'update'] },
  { path: 'secret/config', capabilities: ['read'] },
] as const;

/** The only subject that the JWT role lets in, and the only JWT that is valid. */
export const JWT = 'jwt-of-the-operator';

/** Starts both; a call is given up after `callMs`. */
export async function setUpVault({ callMs = 5_000, now = Date.now } = {}): Promise<VaultWorld> {
  const reviewJwt = (jwt: string, audience: string) =>
    jwt === JWT && audience === 'vault' ? { subject: 'system:serviceaccount:akr:operator' } : undefined;
  const engine = new VaultEngine({ now, uuid: randomUUID, reviewJwt });
  engine.mountKv('secret');
  engine.mountKv('old', 1);
  engine.setPolicy('operator', POLICY);
  engine.setJwtRole('operator', {
    boundAudience: 'vault',
    boundSubjects: ['system:serviceaccount:akr:operator'],
    policies: ['operator'],
    ttlSeconds: 600,
  });
  const root = engine.createToken();
  const admin: VaultWorld['admin'] = (method, path, body) => {
    const reply = engine.handle({ method, path, token: root, body });
    if (reply.type !== 'Answered') throw new Error('a fault that was meant for the store hit the administrator');
    return reply.answer;
  };
  const server = await startVaultServer({ engine });
  const timeouts = { connectMs: callMs, headersMs: callMs, bodyMs: callMs, callMs };
  const transport = createHttpTransport({ timeouts });
  const stores: VaultStore[] = [];
  const token = new SecretValue(engine.createToken({ policies: ['operator'] }));
  const auth: VaultAuth = { type: 'Token', token: async () => token };
  const base = { url: server.url, mount: 'secret', auth, transport, clock: systemClock, entropy: systemEntropy };
  const storeWith = (options: Partial<VaultStoreOptions>) => {
    const store = createVaultStore({ ...base, ...options });
    stores.push(store);
    return store;
  };
  return {
    engine,
    url: server.url,
    store: storeWith({}),
    storeWith,
    admin,
    plant: async (path, fields, markerText) => {
      const marker = markerText === undefined ? {} : { APIKEYROTATION_MARKER: markerText };
      admin('POST', `secret/data/${path}`, { data: { ...fields, ...marker } });
    },
    loseNextWriteAnswer: () => void engine.faults.plan('write', { type: 'LoseAnswer' }, 1),
    denyWrites: async () => engine.setPolicy('operator', [{ path: 'secret/data/*', capabilities: ['read'] }]),
    writes: async (path) => engine.ledger.filter((entry) => entry.operation === 'write' && entry.path === path).length,
    close: async () => {
      for (const store of stores) store.close();
      await server.close();
      await transport.close();
    },
  };
}
