import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createHttpClient } from '../../../src/http/client.ts';
import { createPrivateCheck, type PrivateNetworks } from '../../../src/http/private-networks.ts';
import { createHttpTransport } from '../../../src/http/transport.ts';

describe('a private address', () => {
  const isForbidden = createPrivateCheck([]);
  it.each([
    '10.1.2.3',
    '172.31.255.255',
    '192.168.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '::1',
    'fd12::1',
    'fec0::1',
    '::ffff:10.1.2.3',
    '64:ff9b::10.1.2.3',
    '64:ff9b::192.168.0.1',
    '::127.0.0.1',
    '2002:a01:203::1',
    '2002:ac1f:1::',
  ])('such as %s is told', (address) => expect(isForbidden(address)).toBe(true));

  it.each(['9.9.9.9', '172.32.0.1', '11.0.0.1', '100.128.0.1', '2606:4700::1', '64:ff9b::9.9.9.9', 'vendor.test'])(
    'is none of %s',
    (address) => expect(isForbidden(address)).toBe(false),
  );

  it('in a network that is named is not told, nor any where all are', () => {
    const named = createPrivateCheck(['10.20.0.0/16', 'fd12::/16']);
    expect(['10.20.7.7', '::ffff:10.20.7.7', 'fd12::1', '10.21.0.1', 'fd13::1', '127.0.0.1'].map(named)).toEqual([
      false,
      false,
      false,
      true,
      true,
      true,
    ]);
    expect(createPrivateCheck('All')('10.0.0.1')).toBe(false);
  });
});

/** Calls a server on loopback by its address, or by a name that leads there. */
async function call(host: string, privateNetworks: PrivateNetworks): Promise<unknown> {
  let calls = 0;
  const server = createServer((_request, response) => {
    calls += 1;
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const transport = createHttpTransport({
    privateNetworks,
    resolve: (_host, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
  });
  const client = createHttpClient({
    transport,
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    peer: 'the vendor',
  });
  const answer = client.request({ method: 'GET', path: '/', operation: 'answer' });
  const told = await answer.then(({ status }) => status).catch((error: unknown) => error);
  await transport.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return typeof told === 'number' ? told : { error: told, calls };
}

describe('a connection to a private address', () => {
  it.each(['127.0.0.1', 'vendor.test'])('is made to %s where its network is named', async (host) => {
    expect(await call(host, ['127.0.0.0/8'])).toBe(200);
  });

  it.each(['127.0.0.1', 'vendor.test'])(
    'is not made to %s where it is not, and the message has the flag',
    async (host) => {
      const { error, calls } = (await call(host, ['10.0.0.0/8'])) as { error: Error; calls: number };
      expect(calls).toBe(0);
      expect(error).toMatchObject({ outcome: 'refused', reason: 'AddressDenied' });
      expect(error.message).toBe(
        `cannot connect to the vendor to answer: ${host} leads to 127.0.0.1, a private address, and none of those that --http-issuer-networks allows`,
      );
    },
  );
});
