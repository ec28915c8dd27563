import { randomUUID } from 'node:crypto';
import { ApioEngine } from '../../../sandbox/apio/engine/apio-engine.ts';
import { type ApioServer, startApioServer } from '../../../sandbox/apio/front/server.ts';
import { createHttpTransport } from '../../../src/http/transport.ts';
import { createApioIssuer } from '../../../src/issuers/apio/apio-issuer.ts';
import type { Issuer } from '../../../src/issuers/port.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';

/** The APIO sandbox on loopback, and our adapter for its Live world. */
export interface ApioSetup {
  readonly engine: ApioEngine;
  readonly server: ApioServer;
  readonly issuer: Issuer;
  /** An adapter with another credential or another world. */
  readonly issuerWith: (credential: string, url?: string) => Issuer;
  readonly close: () => Promise<void>;
}

/** Starts both; calls give up after `callMs`. */
export async function setUpApio(callMs = 5_000): Promise<ApioSetup> {
  const engine = new ApioEngine({ now: Date.now, uuid: randomUUID, random: Math.random });
  const server = await startApioServer({ engine });
  const timeouts = { connectMs: callMs, headersMs: callMs, bodyMs: callMs, callMs };
  const transport = createHttpTransport({ timeouts });
  const issuerWith = (credential: string, url = server.url.Live) =>
    createApioIssuer({ transport, url, name: 'apio (Live)', credential: async () => new SecretValue(credential) });
  return {
    engine,
    server,
    issuer: issuerWith(engine.createManager('Live', 'acme').text),
    issuerWith,
    close: async () => {
      await server.close();
      await transport.close();
    },
  };
}
