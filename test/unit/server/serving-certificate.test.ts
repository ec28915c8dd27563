import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../../src/runtime/log.ts';
import { createJsonApp, serveWith } from '../../../src/server/json-app.ts';
import { followServingPair, readServingPair } from '../../../src/server/serving-certificate.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';
import { createSelfSigned, type SelfSigned } from '../../integration/self-signed.ts';

const [first, second] = [createSelfSigned('first'), createSelfSigned('second')];

let files: { cert: string; key: string };
let remove: () => Promise<void>;
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'serving-'));
  files = { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
  remove = () => rm(folder, { recursive: true });
  await write(first);
});
afterEach(() => remove());

async function write({ cert, key }: SelfSigned): Promise<void> {
  await writeFile(files.cert, cert);
  await writeFile(files.key, key);
}

describe('what the reports API serves TLS with', () => {
  it.each<[string, () => Promise<void>, RegExp]>([
    ['a file that is not there', () => rm(files.key), /tls\.key cannot be read \(ENOENT\); mount the Secret/],
    ['another private key', () => writeFile(files.key, second.key), /no pair to serve TLS with \(ERR_OSSL_.*\); write/],
    ['no certificate', () => writeFile(files.cert, 'hello'), /no pair to serve TLS with \(ERR_OSSL_.*\); write/],
  ])('is refused with %s', async (_what, spoil, told) => {
    await spoil();
    await expect(readServingPair(files)).rejects.toThrow(told);
  });

  it('is renewed without a restart; what cannot be served with, and an end that has passed, is told once', async () => {
    const clock = new VirtualClock(Date.now());
    const told: string[] = [];
    const tell = (_fields: object, message: string) => void told.push(message.replaceAll(/\S*\/tls/g, 'tls'));
    const ended = new AbortController();
    const present = await readServingPair(files);
    const app = createJsonApp({ error: () => {} }, present);
    app.get('/', async () => ({}));
    await app.listen({ host: '127.0.0.1', port: 0 });
    const log = { ...silentLog, info: tell, warn: tell };
    const followed = followServingPair(files, present, (pair) => serveWith(app, pair), {
      clock,
      log,
      signal: ended.signal,
    });
    const aMinute = async () => {
      await clock.advance(60_000);
      while (clock.pending === 0) await setImmediate();
      return shownBy(app.server.address());
    };
    expect(await shownBy(app.server.address())).toBe('first');
    await writeFile(files.cert, second.cert);
    expect([await aMinute(), await aMinute(), told.length]).toEqual(['first', 'first', 1]);
    await writeFile(files.key, second.key);
    expect([await aMinute(), await aMinute()]).toEqual(['second', 'second']);
    expect(told).toEqual([
      expect.stringMatching(/no pair to serve TLS with .*; until then the certificate before is served$/),
      'tls.crt was renewed: new connections get the new certificate',
    ]);
    clock.jump(2 * 86_400_000);
    expect([await aMinute(), await aMinute()]).toEqual(['second', 'second']);
    expect(told.slice(2)).toEqual([
      expect.stringMatching(
        /^tls\.crt has expired at 20.*Z: consumers refuse it, .*; renew the Secret that is mounted there$/,
      ),
    ]);
    ended.abort();
    await Promise.all([followed, app.close()]);
  });
});

/** The common name of the certificate that a server shows. */
function shownBy(address: AddressInfo | string | null): Promise<string> {
  const shown = Promise.withResolvers<string>();
  const { port } = address as AddressInfo;
  // Whoever it is: the test asks which certificate it is, not whether to trust it.
  const socket: TLSSocket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
    shown.resolve(String(socket.getPeerCertificate().subject.CN));
    socket.destroy();
  });
  socket.once('error', shown.reject);
  return shown.promise;
}
