import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpTransport, type HttpTransport } from '../../../src/http/transport.ts';
import { createHttpWorlds } from '../../../src/issuers/http/http-worlds.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { declaredApio } from '../../doubles/declared-apio.ts';
import { createSelfSigned } from '../../integration/self-signed.ts';

describe('an issuer with a certificate of its own authority', () => {
  const own = createSelfSigned('vendor');
  const server = createServer(own, (_request, response) => response.end('{"data":[]}'));
  const transports: HttpTransport[] = [];
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(async () => {
    await Promise.all(transports.map((each) => each.close()));
    server.close();
  });

  /** Checks the credential at an issuer that trusts these certificates. */
  async function check(ca?: string): Promise<void> {
    const { environments, ...declaration } = declaredApio(
      `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    );
    const [world] = createHttpWorlds({
      declaration: { ...declaration, environments: environments.map((each) => (ca ? { ...each, ca } : each)) },
      object: 'ApiKeyIssuer payments/vendor',
      secret: () => async () => new SecretValue('a-credential'),
      transportFor: (trusted) => {
        const transport = createHttpTransport(trusted === undefined ? {} : { ca: trusted });
        transports.push(transport);
        return transport;
      },
      clock: { now: Date.now, monotonic: () => performance.now() },
    });
    await world?.[1]().check();
  }

  it('is called where its authority is named', () => check(own.cert));

  it.each([
    ['no authority', undefined],
    ['another one', createSelfSigned('somebody').cert],
  ])('is not called where %s is', async (_what, ca) => {
    await expect(check(ca)).rejects.toMatchObject({ outcome: 'unavailable', reason: 'ConnectionFailed' });
  });
});
