import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTrustingConnections } from '../../../src/composition/trusting-connections.ts';
import { createHttpTransport } from '../../../src/http/transport.ts';
import { createSelfSigned } from '../../integration/self-signed.ts';
import { errorOf } from './store-contract.ts';
import { setUpVault, type VaultWorld } from './vault-world.ts';

describe('Vault as a store, with a certificate of an authority of its own', () => {
  const own = createSelfSigned('vault');
  const others = createSelfSigned('somebody');
  let world: VaultWorld;
  /** What a TLS listener of Vault does, with one certificate after the other. */
  const listener = createServer(own, (incoming, outgoing) => {
    const { method, headers, url } = incoming;
    const passed = request(`${world.stand.url}${url}`, { method: method ?? 'GET', headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(passed);
  });
  beforeAll(async () => {
    world = await setUpVault();
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    listener.close();
    listener.closeAllConnections();
    await world.close();
  });

  const url = () => `https://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  function storeThatTrusts(certificates: () => string) {
    const trusting = (ca: string) => createHttpTransport({ ca });
    const connections = createTrustingConnections({ certificates: async () => certificates(), trusting });
    return { ...world.storeWith({ url: url(), connect: connections.connect }), letGo: connections.close };
  }

  it('is called where its authority is named, alone or among others', async () => {
    for (const ca of [own.cert, `${others.cert}${own.cert}`]) {
      const store = storeThatTrusts(() => ca);
      await expect(store.check()).resolves.toBeUndefined();
      store.letGo();
    }
  });

  it('is not called where another one is, and nothing is sent there', async () => {
    const store = storeThatTrusts(() => others.cert);
    const error = await errorOf(store.check());
    expect([error.outcome, error.reason]).toEqual(['unavailable', 'ConnectionFailed']);
    store.letGo();
  });

  it('is called again when its authority is named at last, without a new store', async () => {
    let ca = others.cert;
    const store = storeThatTrusts(() => ca);
    await errorOf(store.check());
    ca = own.cert;
    await expect(store.check()).resolves.toBeUndefined();
    store.letGo();
  });
});
