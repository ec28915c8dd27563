import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KubeObject, WatchEvent } from '../../../src/runtime/kube/kube-api.ts';
import { readEvents } from '../../../src/runtime/kube/watch-stream.ts';

const attempted = { method: 'GET', what: 'the watch of pods', quotable: true };

async function read(chunks: readonly Buffer[], maxLineBytes = 10_000): Promise<WatchEvent<KubeObject>[]> {
  const events: WatchEvent<KubeObject>[] = [];
  for await (const event of readEvents<KubeObject>(Readable.from(chunks), attempted, maxLineBytes)) events.push(event);
  return events;
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let rest = bytes;
  for (const size of sizes) {
    chunks.push(rest.subarray(0, size));
    rest = rest.subarray(size);
  }
  return [...chunks, rest].filter((chunk) => chunk.length > 0);
}

test('events come out whole wherever the network cuts them, also inside of a character', async () => {
  const names = fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(names, fc.array(fc.integer({ min: 1, max: 40 })), async (all, sizes) => {
      const sent = all.map((name) => ({ type: 'ADDED' as const, object: { metadata: { name } } }));
      const bytes = Buffer.from(sent.map((event) => `${JSON.stringify(event)}\n`).join(''));
      expect(await read(cut(bytes, sizes))).toEqual(sent);
    }),
  );
});

test('managedFields are left out', async () => {
  const metadata = { name: 'a', resourceVersion: '1' };
  const sent = { type: 'MODIFIED', object: { metadata: { ...metadata, managedFields: [{ manager: 'kubectl' }] } } };
  expect(await read([Buffer.from(`${JSON.stringify(sent)}\n`)])).toEqual([{ type: 'MODIFIED', object: { metadata } }]);
});

test('the bound is on one event, not on the stream', async () => {
  const line = `${JSON.stringify({ type: 'ADDED', object: { metadata: { name: 'x'.repeat(500) } } })}\n`;
  const bytes = Buffer.from(line.repeat(20));
  expect(
    await read(
      cut(
        bytes,
        Array.from({ length: 30 }, () => 300),
      ),
      1_000,
    ),
  ).toHaveLength(20);
});

test('a bookmark tells its version alone', async () => {
  const line = '{"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"12"}}}\n\n';
  expect(await read([Buffer.from(line)])).toEqual([{ type: 'BOOKMARK', resourceVersion: '12' }]);
});

test.each([
  ['an ERROR event', '{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}}\n', { status: 410 }],
  ['an unknown type', '{"type":"CHANGED","object":{}}\n', { reason: 'UnexpectedAnswer' }],
  ['no JSON', 'upstream timed out\n', { reason: 'UnexpectedAnswer' }],
  ['a line without end', 'x'.repeat(20_000), { reason: 'AnswerTooLarge' }],
])('%s ends the stream with an error', async (_, text, expected) => {
  await expect(read(cut(Buffer.from(text), [5, 5_000, 5_000]))).rejects.toMatchObject(expected);
});
