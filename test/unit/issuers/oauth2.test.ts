import { describe, expect, test } from 'vitest';
import type { HttpAnswer, HttpRequest } from '../../../src/http/client.ts';
import { createTokens } from '../../../src/issuers/http/oauth2.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';

const TOKEN_URL = 'https://login.test/oauth/token';
const grant = (body: object = {}) => ({ status: 200, body: { access_token: 'first', expires_in: 100, ...body } });

/** Tokens from an endpoint that gives these answers one after the other. */
function tokensFrom(
  answers: readonly (HttpAnswer | Error)[],
  declared: { scope?: string; audience?: string; resource?: string; clientAuthentication?: 'Basic' | 'Form' } = {},
) {
  const asked: HttpRequest[] = [];
  const origins: string[] = [];
  const time = { now: 1_000 };
  const secret = { secretRef: { name: 's', key: 'k' } };
  const tokens = createTokens({
    declared: { tokenURL: TOKEN_URL, clientID: secret, clientSecret: secret, ...declared },
    id: async () => new SecretValue('the id'),
    secret: async () => new SecretValue('s:cret+'),
    monotonic: () => time.now,
    clientFor: (origin) => {
      origins.push(origin);
      return {
        origin,
        request: async (request) => {
          const answer = answers[asked.length];
          asked.push(request);
          if (answer instanceof Error || !answer) throw answer ?? new Error('nothing more was to be asked');
          return answer;
        },
      };
    },
  });
  return { tokens, asked, origins, time, current: async () => (await tokens.current()).reveal() };
}

describe('an access token', () => {
  test('is asked for once by all who come together, at the origin of the token endpoint alone', async () => {
    const { current, asked, origins } = tokensFrom([grant()]);
    expect(await Promise.all([current(), current(), current()])).toEqual(['first', 'first', 'first']);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({
      method: 'POST',
      path: '/oauth/token',
      form: { grant_type: 'client_credentials' },
    });
    expect(origins).toEqual(['https://login.test']);
  });

  test('is asked for by scope, audience and resource where the declaration has them', async () => {
    const wishes = { scope: 'keys:write', audience: 'https://api.test/', resource: 'urn:keys' };
    const { current, asked } = tokensFrom([grant()], wishes);
    await current();
    expect(asked[0]?.form).toEqual({ grant_type: 'client_credentials', ...wishes });
  });

  test('is kept for nine tenths of its life', async () => {
    const { current, time } = tokensFrom([grant(), grant({ access_token: 'second' })]);
    await current();
    time.now += 89_999;
    expect(await current()).toBe('first');
    time.now += 2;
    expect(await current()).toBe('second');
  });

  test('that is not accepted any more is followed by another', async () => {
    const { tokens, current } = tokensFrom([grant(), grant({ access_token: 'second' })]);
    expect(tokens.forget()).toBe(false);
    await current();
    expect(tokens.forget()).toBe(true);
    expect(await current()).toBe('second');
  });

  test('that was not given is asked for again', async () => {
    const { current } = tokensFrom([new Error('away'), grant()]);
    await expect(current()).rejects.toThrow('away');
    expect(await current()).toBe('first');
  });

  test.each([{ access_token: '' }, { access_token: 7 }, { token_type: 'mac' }])('is not made of %j', async (body) => {
    const { current } = tokensFrom([grant(body)]);
    await expect(current()).rejects.toMatchObject({ outcome: 'unavailable', reason: 'UnusableAnswer' });
  });
});

describe('the secret of a client', () => {
  test('goes into HTTP Basic, encoded for it', async () => {
    const { current, asked } = tokensFrom([grant()], { scope: 'a b' });
    await current();
    const header = asked[0]?.credentials?.authorization?.reveal() ?? '';
    expect(Buffer.from(header.replace('Basic ', ''), 'base64').toString()).toBe('the%20id:s%3Acret%2B');
    expect(asked[0]?.form).toEqual({ grant_type: 'client_credentials', scope: 'a b' });
  });

  test('goes into the form where that is declared', async () => {
    const { current, asked } = tokensFrom([grant()], { clientAuthentication: 'Form' });
    await current();
    const { client_secret: shown } = asked[0]?.form ?? {};
    expect(shown instanceof SecretValue && shown.reveal()).toBe('s:cret+');
    expect(asked[0]?.credentials).toBeUndefined();
  });
});
