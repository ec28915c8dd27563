import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpTransport, type HttpTransport } from '../../../src/http/transport.ts';
import { createSupportWorlds, type SupportWorldsOptions } from '../../../src/issuers/support/support-worlds.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { createSelfSigned } from '../../integration/self-signed.ts';

const ATTEMPT = { installation: 'i', uid: 'u', revision: 1, attempt: 1 };
const ASKED = { environment: 'Live', organization: 'acme', permissions: [] };

/** Nothing is in the cluster, and writes succeed. */
const kube: SupportWorldsOptions['kube'] = {
  get: async () => undefined,
  create: async (_resource, _namespace, object) => object,
  replace: async (_ref, object) => object,
  delete: async () => {},
};

describe('a probe and a webhook with certificates of their own authorities', () => {
  const [api, desk] = [createSelfSigned('api'), createSelfSigned('desk')];
  const servers = [api, desk].map((own) =>
    createServer(own, (request, response) => response.writeHead(request.method === 'GET' ? 401 : 200).end('{}')),
  );
  const transports: HttpTransport[] = [];
  beforeAll(async () => {
    for (const server of servers) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await Promise.all(transports.map((each) => each.close()));
    for (const server of servers) server.close();
  });

  function world(probe: { ca?: string }, webhook: { ca?: string }) {
    const [apiURL = '', deskURL = ''] = servers.map(
      (each) => `https://127.0.0.1:${(each.address() as AddressInfo).port}`,
    );
    const [made] = createSupportWorlds({
      declaration: {
        environments: [{ name: 'Live', probe: { url: apiURL, path: '/self', ...probe } }],
        webhook: { url: deskURL, path: '/hooks', ...webhook },
        expectedWithin: '1h',
      },
      kube,
      namespace: 'payments',
      issuerName: 'desk',
      title: 'ApiKeyIssuer payments/desk',
      transportFor: (ca) => {
        const transport = createHttpTransport(ca === undefined ? {} : { ca });
        transports.push(transport);
        return transport;
      },
      secret: () => async () => new SecretValue('a-credential'),
      clock: { now: Date.now, monotonic: () => performance.now() },
    });
    if (!made) throw new Error('one environment is declared');
    return made[1];
  }

  const ask = (issuer: ReturnType<typeof world>) =>
    issuer.issue(ATTEMPT, ASKED, { namespace: 'payments', name: 'apio' }).catch((error: unknown) => error);

  it('are called where each names its own', async () => {
    const issuer = world({ ca: api.cert }, { ca: desk.cert });
    await issuer.check();
    expect(await ask(issuer)).toMatchObject({
      message: expect.stringMatching(/^Please issue an API key:.*\(request 1\.1\)$/),
    });
  });

  it('are not called where each names that of the other', async () => {
    const issuer = world({ ca: desk.cert }, { ca: api.cert });
    await expect(issuer.check()).rejects.toMatchObject({ outcome: 'unavailable', reason: 'ConnectionFailed' });
    expect(await ask(issuer)).toMatchObject({ message: expect.stringContaining('nobody was told by the webhook') });
  });

  it('are not called where neither names one', async () => {
    await expect(world({}, {}).check()).rejects.toMatchObject({ reason: 'ConnectionFailed' });
  });

  it.each([
    ['spec.support.environments Live: probe.ca', { ca: 'MIIB' }, {}],
    ['spec.support.webhook.ca', {}, { ca: 'MIIB' }],
  ])('that cannot be read are named: %s', (field, probe, webhook) => {
    expect(() => world(probe, webhook)).toThrow(
      `ApiKeyIssuer payments/desk: ${field} has no certificate that can be read; write all of its PEM text`,
    );
  });
});
