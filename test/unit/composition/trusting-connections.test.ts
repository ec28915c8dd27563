import { expect, it } from 'vitest';
import { createTrustingConnections } from '../../../src/composition/trusting-connections.ts';
import { CallError } from '../../../src/http/call-error.ts';
import { createHttpTransport, type HttpTransport } from '../../../src/http/transport.ts';

/** Connections whose certificates are what `read` says now, and who was opened and closed with which. */
function setUp(read: () => string) {
  const log: string[] = [];
  const trusting = (ca: string): HttpTransport => ({
    ...createHttpTransport(),
    close: async () => void log.push(`closed ${ca}`),
  });
  const connections = createTrustingConnections({
    certificates: async () => read(),
    trusting: (ca) => {
      log.push(`opened ${ca}`);
      return trusting(ca);
    },
  });
  return { log, connections };
}

it('stay the same while the certificates do, for many callers at a time', async () => {
  const { log, connections } = setUp(() => 'one');
  const [first, second] = await Promise.all([connections.connect(), connections.connect()]);
  expect(await connections.connect()).toBe(first);
  expect(second).toBe(first);
  expect(log).toEqual(['opened one']);
});

it('are made anew when the certificates are others, and the old ones closed', async () => {
  let now = 'one';
  const { log, connections } = setUp(() => now);
  await connections.connect();
  now = 'two';
  await Promise.all([connections.connect(), connections.connect()]);
  connections.close();
  expect(log).toEqual(['opened one', 'closed one', 'opened two', 'closed two']);
});

it('serve on while the certificates cannot be read, and not where they are gone', async () => {
  let failure: CallError | undefined;
  const { log, connections } = setUp(() => {
    if (failure) throw failure;
    return 'one';
  });
  const first = await connections.connect();
  failure = new CallError('unavailable', 'ConnectionFailed', 'no connection');
  expect(await connections.connect()).toBe(first);
  failure = new CallError('refused', 'CertificatesNotFound', 'gone');
  await expect(connections.connect()).rejects.toBe(failure);
  expect(log).toEqual(['opened one']);
});

it('are not made where the certificates were never read', async () => {
  const failure = new CallError('unavailable', 'ConnectionFailed', 'no connection');
  const { log, connections } = setUp(() => {
    throw failure;
  });
  await expect(connections.connect()).rejects.toBe(failure);
  expect(log).toEqual([]);
});
