import { beforeEach, describe, expect, it } from 'vitest';
import { ApioEngine } from '../../../sandbox/apio/engine/apio-engine.ts';
import { type ApioRequest, handle } from '../../../sandbox/apio/engine/handle.ts';
import type { Environment } from '../../../sandbox/apio/engine/types.ts';

let now: number;
let engine: ApioEngine;
let managers: Record<Environment, string>;
beforeEach(() => {
  now = Date.UTC(2030, 0, 1);
  let ids = 0;
  let seed = 0;
  engine = new ApioEngine({
    now: () => now,
    uuid: () => {
      ids += 1;
      return `00000000-0000-4000-8000-${String(ids).padStart(12, '0')}`;
    },
    random: () => {
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      return seed / 2 ** 31;
    },
  });
  managers = { Live: engine.createManager('Live', 'acme').text, Test: engine.createManager('Test', 'acme').text };
});

const call = (request: Partial<ApioRequest>, world: Environment = 'Live') =>
  handle(engine, world, { method: 'GET', path: '/v1/api-keys', bearer: managers[world], ...request });

const field = (body: unknown, ...path: string[]) =>
  path.reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], body);

const issue = (body: object = {}, idempotencyKey?: string) => {
  const full = { organization: 'acme', environment: 'Live', permissions: ['payments:read'], label: 'l', ...body };
  const answer = call({ method: 'POST', idempotencyKey, body: full });
  return {
    status: answer.status,
    body: answer.body,
    id: String(field(answer.body, 'id')),
    key: String(field(answer.body, 'key')),
  };
};

describe('the consumers part of the API', () => {
  it.each([
    ['a key with the permission', 'GET', '/v1/payments', 200],
    ['a key without the permission to write', 'POST', '/v1/payments', 403],
    ['a key without the permission for the resource', 'GET', '/v1/refunds', 403],
    ['a key that calls what is not there', 'GET', '/v1/nothing', 404],
  ])('answers %s', (_name, method, path, status) => {
    const { key } = issue();
    expect(call({ method, path, bearer: key }).status).toBe(status);
  });

  it.each([
    ['no key', undefined, 'missing_api_key'],
    ['a wrong key', 'apio_live_wrong', 'invalid_api_key'],
  ])('rejects %s as an authentication error', (_name, bearer, code) => {
    const answer = call({ path: '/v1/payments', bearer });
    expect(answer).toMatchObject({ status: 401, body: { error: { type: 'authentication_error', code } } });
  });

  it('rejects a Live key in Test', () => {
    const { key } = issue();
    expect(call({ path: '/v1/payments', bearer: key }, 'Test').status).toBe(401);
    expect(call({ path: '/v1/api-keys/self', bearer: key }, 'Test').status).toBe(401);
  });

  it('rejects a revoked and an expired key, and counts that', () => {
    engine.settings.keyLifetimeMs = 1000;
    const revoked = issue();
    const expired = issue();
    call({ method: 'POST', path: `/v1/api-keys/${revoked.id}/revoke` });
    now += 1000;
    for (const { key } of [revoked, expired]) {
      expect(call({ path: '/v1/payments', bearer: key })).toMatchObject({ status: 401 });
    }
    expect(engine.keys.filter((key) => key.rejected.count === 1).map(({ id }) => id)).toEqual([revoked.id, expired.id]);
  });

  it('notes when a key was last used', () => {
    const { key, id } = issue();
    expect(field(call({ path: `/v1/api-keys/${id}` }).body, 'lastUsedAt')).toBeUndefined();
    now += 5000;
    call({ path: '/v1/payments', bearer: key });
    expect(field(call({ path: `/v1/api-keys/${id}` }).body, 'lastUsedAt')).toBe('2030-01-01T00:00:05.000Z');
  });
});

describe('management', () => {
  it('needs a credential that may manage', () => {
    const { key } = issue();
    expect(call({ bearer: key })).toMatchObject({ status: 403, body: { error: { type: 'permission_error' } } });
    expect(call({ bearer: managers.Test }).status).toBe(401);
  });

  it('shows the text of a key once and never again', () => {
    const { key, id } = issue({}, 'i1');
    const later = [issue({}, 'i1').body, call({ path: `/v1/api-keys/${id}` }).body, call({}).body];
    expect(key).toMatch(/^apio_live_[A-Za-z0-9]{40}$/);
    expect(JSON.stringify(later)).not.toContain(key);
  });

  it('answers a repeated Idempotency-Key with the same key, and another body with a conflict', () => {
    const first = issue({}, 'i1');
    expect(issue({}, 'i1')).toMatchObject({ status: 200, id: first.id });
    expect(issue({ label: 'other' }, 'i1')).toMatchObject({
      status: 409,
      body: { error: { code: 'idempotency_mismatch' } },
    });
    expect(engine.ledger.map(({ type }) => type)).toEqual(['issued', 'replayed']);
  });

  it.each([
    ['another environment', { environment: 'Test' }, 422],
    ['another organization', { organization: 'other' }, 403],
    ['no permission', { permissions: [] }, 422],
    ['the permission to manage', { permissions: ['keys:manage'] }, 422],
    ['a label that is no text', { label: 7 }, 422],
  ])('issues no key for %s', (_name, body, status) => {
    expect(issue(body).status).toBe(status);
    expect(engine.ledger).toEqual([]);
  });

  it('lists by label, by prefix and in pages that keys issued meanwhile do not disturb', () => {
    for (const label of ['a/1', 'a/2', 'b/1', 'a/3']) issue({ label });
    const labels = (query: Record<string, string>) => field(call({ query }).body, 'data') as { label: string }[];
    expect(labels({ label: 'a/2' }).map(({ label }) => label)).toEqual(['a/2']);
    const page = call({ query: { labelPrefix: 'a/', limit: '2' } }).body;
    issue({ label: 'a/4' });
    const rest = labels({ labelPrefix: 'a/', limit: '2', cursor: String(field(page, 'nextCursor')) });
    expect(rest.map(({ label }) => label)).toEqual(['a/3', 'a/4']);
  });

  it('changes permissions in place, or demands a new key', () => {
    const { key, id } = issue();
    const body = { permissions: { add: ['refunds:read'], remove: ['payments:read'] }, reason: 'scope' };
    const change = () => call({ method: 'PATCH', path: `/v1/api-keys/${id}`, body });
    expect(change()).toMatchObject({ status: 200, body: { permissions: ['refunds:read'] } });
    expect(call({ path: '/v1/refunds', bearer: key }).status).toBe(200);
    expect(call({ path: '/v1/payments', bearer: key }).status).toBe(403);
    engine.settings.permissionChange = 'NewKey';
    expect(change()).toMatchObject({ status: 409, body: { error: { code: 'new_key_required' } } });
    expect(call({ method: 'PATCH', path: `/v1/api-keys/${id}`, body: { ...body, reason: ' ' } }).status).toBe(422);
  });

  it('revokes once, however often it is asked', () => {
    const { id } = issue();
    for (let i = 0; i < 3; i += 1) {
      expect(call({ method: 'POST', path: `/v1/api-keys/${id}/revoke` })).toMatchObject({
        body: { status: 'revoked' },
      });
    }
    expect(engine.ledger.map(({ type }) => type)).toEqual(['issued', 'revoked']);
  });
});
