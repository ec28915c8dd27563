import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Listening, listen } from '../../../sandbox/listen.ts';
import { createHttpTransport } from '../../../src/http/transport.ts';
import { createMessenger } from '../../../src/issuers/support/messenger.ts';
import { createProbe } from '../../../src/issuers/support/probe.ts';
import { createWebhook } from '../../../src/issuers/support/webhook.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';

const KEY = new SecretValue('apio_live_0123456789abcdefghij');
const MESSAGE = {
  text: 'Please issue a key',
  rotation: 'payments/apio',
  requestID: 'i/u/1.1',
  secretName: 'apio-delivered-key',
};

interface Seen {
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}

let [status, body, headers]: [number, string, Record<string, string>] = [200, '', {}];
let seen: Seen[] = [];
let server: Listening;
const transport = createHttpTransport();

async function note(request: IncomingMessage): Promise<void> {
  seen.push({ path: request.url, authorization: request.headers.authorization, body: await text(request) });
}

beforeEach(async () => {
  [status, body, headers] = [200, '', {}];
  seen = [];
  server = await listen(async (request, response) => {
    await note(request);
    response.writeHead(status, headers).end(body);
  });
});
afterEach(() => server.close());

const probe = () => createProbe({ transport, url: server.url, path: '/v1/api-keys/self', peer: 'the probe' });
const webhook = () =>
  createWebhook({ transport, url: server.url, path: '/hooks', peer: 'the webhook', credential: async () => KEY });

describe('the probe of an issuer of type Support', () => {
  it.each([
    [200, '{"id":"k1"}', true],
    [204, '', true],
    [200, 'ok, plain text', true],
    [401, '{"error":{}}', false],
    [401, 'go away', false],
  ])('%i with %j: the key works: %s', async (code, told, works) => {
    [status, body] = [code, told];
    expect(await probe()(KEY)).toBe(works);
    expect(seen).toEqual([{ path: '/v1/api-keys/self', authorization: `Bearer ${KEY.reveal()}`, body: '' }]);
  });

  it.each([
    [403, 'denied'],
    [404, 'refused'],
    [429, 'unavailable'],
    [500, 'unavailable'],
  ])('%i tells nothing of the key: %s', async (code, outcome) => {
    status = code;
    await expect(probe()(KEY)).rejects.toMatchObject({ outcome });
  });

  it('a redirect is not followed: the key goes to its origin and nowhere else', async () => {
    [status, headers] = [302, { location: 'https://elsewhere.test/' }];
    await expect(probe()(KEY)).rejects.toMatchObject({ reason: 'Redirected' });
  });
});

describe('the webhook of an issuer of type Support', () => {
  it('gets the request as JSON, and its credential', async () => {
    body = 'ok';
    await webhook()(MESSAGE);
    expect(seen).toEqual([{ path: '/hooks', authorization: `Bearer ${KEY.reveal()}`, body: JSON.stringify(MESSAGE) }]);
  });

  it('that fails is told again five minutes later, and nobody waits for it meanwhile', async () => {
    let minutes = 0;
    const tell = createMessenger(webhook(), { monotonic: () => minutes * 60_000 });
    status = 500;
    const problem = await tell(MESSAGE);
    expect(problem).toMatch(
      /^nobody was told by the webhook: the webhook answered 500 .*; until it works, pass this request on by hand$/,
    );
    expect(problem).not.toContain(KEY.reveal());
    status = 200;
    minutes = 4;
    expect(await tell(MESSAGE)).toBe(problem);
    expect(seen).toHaveLength(1);
    minutes = 5;
    expect(await tell(MESSAGE)).toBe(undefined);
    expect(seen).toHaveLength(2);
  });
});
