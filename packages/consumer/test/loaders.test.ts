import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createConsumer } from '../src/consumer.ts';
import { fromFile } from '../src/from-file.ts';
import { fromVault } from '../src/from-vault.ts';
import { type Answer, startStub } from './stub.ts';
import { createTimers } from './timers.ts';

const KEY = 'apio_live_the_old_key_0001';
const NEW = 'apio_live_the_new_key_0002';
const signal = new AbortController().signal;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'consumer-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** Puts a Secret there as the kubelet does: a directory of its own, and a link that is swapped. */
async function mount(version: string, fields: Record<string, string>): Promise<void> {
  await mkdir(join(directory, version));
  for (const [name, text] of Object.entries(fields)) await writeFile(join(directory, version, name), text);
  await symlink(version, join(directory, '..tmp'));
  await rename(join(directory, '..tmp'), join(directory, '..data'));
}

describe('fromFile', () => {
  it('reads a file that holds the key alone, with or without a line end', async () => {
    const path = join(directory, 'key');
    await writeFile(path, `${KEY}\n`);
    expect(await fromFile(path).load(signal)).toEqual({ key: KEY });
  });

  it('reads a JSON file', async () => {
    const path = join(directory, 'key.json');
    await writeFile(path, JSON.stringify({ API_KEY: KEY, rotationUID: 'uid-1', revision: '2' }));
    const loaded = await fromFile(path, { key: 'API_KEY' }).load(signal);
    expect(loaded).toEqual({ key: KEY, rotationUID: 'uid-1', revision: 2 });
  });

  it('reads a mounted Secret', async () => {
    await mount('..1', { key: KEY, rotationUID: 'uid-1', revision: '2' });
    for (const name of ['key', 'rotationUID', 'revision']) await symlink(join('..data', name), join(directory, name));
    expect(await fromFile(directory).load(signal)).toEqual({ key: KEY, rotationUID: 'uid-1', revision: 2 });
  });

  it('notices when the kubelet swaps a mounted Secret', async () => {
    await mount('..1', { key: KEY });
    await symlink('..data/key', join(directory, 'key'));
    const timers = createTimers();
    const consumer = createConsumer({ load: fromFile(directory), clock: timers.clock });
    expect(await consumer.key()).toBe(KEY);
    await mount('..2', { key: NEW });
    await vi.waitUntil(() => timers.fire(100));
    await vi.waitUntil(async () => {
      timers.fire(100);
      return (await consumer.key()) === NEW;
    });
    await consumer.close();
  });

  it.each([
    ['is missing', undefined, /ENOENT/],
    ['is empty', '', /empty/],
    ['has no such field', JSON.stringify({ other: KEY }), /no field key/],
  ])('says so when the file %s', async (_what, text, message) => {
    const path = join(directory, 'key');
    if (text !== undefined) await writeFile(path, text);
    await expect(fromFile(path).load(signal)).rejects.toThrow(message);
  });
});

describe('fromVault', () => {
  async function load(answer: Answer) {
    const stub = await startStub(() => answer);
    const location = { url: stub.url, mount: 'secret', path: 'payments/apio', token: 's.token' };
    try {
      return { stub, loaded: await fromVault(location).load(signal) };
    } finally {
      await stub.close();
    }
  }

  it('reads the current version', async () => {
    const data = { key: KEY, rotationUID: 'uid-1', revision: '2', APIKEYROTATION_MARKER: '{}' };
    const { stub, loaded } = await load({ status: 200, body: { data: { data } } });
    expect(loaded).toEqual({ key: KEY, rotationUID: 'uid-1', revision: 2 });
    expect(stub.seen[0]?.url).toBe('/v1/secret/data/payments/apio');
  });

  it.each<[string, Answer, RegExp]>([
    ['refuses', { status: 403, body: { errors: [KEY] } }, /answered 403/],
    ['has only a deleted version', { status: 200, body: { data: { data: null } } }, /no current version/],
  ])('says so without the answer when Vault %s', async (_what, answer, message) => {
    const failure = await load(answer).catch((error: Error) => error);
    expect(failure).toMatchObject({ name: 'ConsumerError', message: expect.stringMatching(message) });
    expect(failure).not.toMatchObject({ message: expect.stringContaining(KEY) });
  });

  it('does not quote a token that breaks the header', async () => {
    const location = { url: 'http://127.0.0.1:1', mount: 'm', path: 'p', token: 'secret\nlines' };
    await expect(fromVault(location).load(signal)).rejects.toThrow(/^(?!.*secret)/);
  });
});
