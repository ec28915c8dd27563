import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../../sandbox/apio/front/faults.ts';
import type { Issuer } from '../../../src/issuers/port.ts';
import { type ApioSetup, setUpApio } from './apio-setup.ts';

const ATTEMPT = { installation: 'here', uid: 'u1', revision: 1, attempt: 1 };
const SPEC = { organization: 'acme', environment: 'Live', permissions: ['payments:read'] };

let apio: ApioSetup;
let issuer: Issuer;
beforeEach(async () => {
  apio = await setUpApio(500);
  issuer = apio.issuer;
});
afterEach(() => apio.close());

const liveKeys = () => apio.engine.keys.filter((key) => !key.manager && apio.engine.statusOf(key) === 'active').length;

describe('an issue call that goes wrong', () => {
  const cases: readonly [name: string, fault: Fault, outcome: string, keysMade: number][] = [
    ['the connection breaks before it is carried out', { type: 'DropBefore' }, 'unknown', 0],
    ['the answer is lost', { type: 'DropAfter' }, 'unknown', 1],
    ['no answer ever comes', { type: 'BlackHole' }, 'unknown', 0],
    ['a 500 hides that it was carried out', { type: 'Answer', status: 500, executed: true }, 'unknown', 1],
    ['it is unavailable', { type: 'Answer', status: 503 }, 'unavailable', 0],
    ['there were too many', { type: 'Answer', status: 429, retryAfterSeconds: 9 }, 'unavailable', 0],
    ['the same call is still being worked on', { type: 'Answer', status: 409 }, 'conflict', 0],
  ];
  it.each(cases)('%s', async (_name, fault, outcome, keysMade) => {
    apio.server.faults.inject('issue', fault);
    const error = await issuer.issue(ATTEMPT, SPEC).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ outcome, ...(fault.type === 'Answer' ? { status: fault.status } : {}) });
    expect(liveKeys()).toBe(keysMade);
  });

  it('with an Idempotency-Key that came with another request is refused, loudly, and makes no key', async () => {
    await issuer.issue(ATTEMPT, SPEC);
    const other = issuer.issue(ATTEMPT, { ...SPEC, permissions: ['payments:write'] });
    await expect(other).rejects.toMatchObject({ outcome: 'refused', reason: 'IdempotencyMismatch' });
    expect(liveKeys()).toBe(1);
  });

  it('says how long to wait when there were too many', async () => {
    apio.server.faults.inject('issue', { type: 'Answer', status: 429, retryAfterSeconds: 9 });
    await expect(issuer.issue(ATTEMPT, SPEC)).rejects.toMatchObject({ retryAfterSeconds: 9 });
  });

  it('after a lost answer the same attempt finds its key, without the text, and makes no other', async () => {
    apio.server.faults.inject('issue', { type: 'DropAfter' });
    await expect(issuer.issue(ATTEMPT, SPEC)).rejects.toMatchObject({ outcome: 'unknown' });
    const again = await issuer.issue(ATTEMPT, SPEC);
    expect(again).toMatchObject({ type: 'Replayed' });
    expect(liveKeys()).toBe(1);
    expect(await issuer.list(ATTEMPT)).toHaveLength(1);
  });
});

describe('permissions that are added to a key', () => {
  const BOTH = ['payments:read', 'payments:write'];
  const add = (keyID: string) =>
    issuer.updatePermissions(keyID, { add: ['payments:write'], reason: 'refunds by hand' });
  const issueOne = async () => {
    await issuer.issue(ATTEMPT, SPEC);
    const [record] = await issuer.list(ATTEMPT);
    return record?.keyID ?? '';
  };
  const permissionsOf = async (keyID: string) => (await issuer.get(keyID))?.permissions;

  it('are there beside those that it had; asked for again, nothing changes', async () => {
    const keyID = await issueOne();
    expect(await add(keyID)).toBe('Updated');
    expect(await add(keyID)).toBe('Updated');
    expect(await permissionsOf(keyID)).toEqual(BOTH);
    expect(apio.engine.ledger.filter(({ type }) => type === 'permissionsChanged')).toHaveLength(1);
  });

  it('take a new key where the API says so; nothing is changed', async () => {
    const keyID = await issueOne();
    apio.engine.settings.permissionChange = 'NewKey';
    expect(await add(keyID)).toBe('NewKeyRequired');
    expect(await permissionsOf(keyID)).toEqual(SPEC.permissions);
  });

  it('of a dead key are a conflict, no demand for a new one', async () => {
    const keyID = await issueOne();
    await issuer.revoke(keyID);
    await expect(add(keyID)).rejects.toMatchObject({ outcome: 'conflict', status: 409 });
  });

  it.each<[string, Fault, string, readonly string[]]>([
    ['the answer is lost', { type: 'DropAfter' }, 'unknown', BOTH],
    ['the request is lost', { type: 'DropBefore' }, 'unknown', SPEC.permissions],
    ['a 409 of something in between', { type: 'Answer', status: 409 }, 'conflict', SPEC.permissions],
    ['there were too many', { type: 'Answer', status: 429 }, 'unavailable', SPEC.permissions],
  ])('%s: %j ends %s', async (_name, fault, outcome, permissions) => {
    const keyID = await issueOne();
    apio.server.faults.inject('update', fault);
    await expect(add(keyID)).rejects.toMatchObject({ outcome });
    expect(await permissionsOf(keyID)).toEqual(permissions);
  });

  it('go to the world of the issuer alone: a Test key is not there', async () => {
    const test = apio.issuerWith(apio.engine.createManager('Test', 'acme').text, apio.server.url.Test);
    await test.issue(ATTEMPT, { ...SPEC, environment: 'Test' });
    const [record] = await test.list(ATTEMPT);
    await expect(add(record?.keyID ?? '')).rejects.toMatchObject({ outcome: 'refused', status: 404 });
  });

  it.each(['../api-keys', 'a/b', ''])('an id like %j is never sent', async (keyID) => {
    await expect(add(keyID)).rejects.toMatchObject({ reason: 'InvalidKeyID' });
  });
});

describe('a revocation', () => {
  const issueOne = async () => {
    await issuer.issue(ATTEMPT, SPEC);
    const [record] = await issuer.list(ATTEMPT);
    return record?.keyID ?? '';
  };

  it('whose answer is lost is unknown, and confirmed when asked again', async () => {
    const keyID = await issueOne();
    apio.server.faults.inject('revoke', { type: 'DropAfter' });
    await expect(issuer.revoke(keyID)).rejects.toMatchObject({ outcome: 'unknown' });
    await issuer.revoke(keyID);
    expect(liveKeys()).toBe(0);
  });

  it('answered 404 by an issuer that has lost its way is no success', async () => {
    const keyID = await issueOne();
    apio.server.faults.inject('revoke', { type: 'Answer', status: 404 });
    apio.server.faults.inject('list', { type: 'Answer', status: 404 });
    await expect(issuer.revoke(keyID)).rejects.toMatchObject({ outcome: 'refused', status: 404 });
    expect(liveKeys()).toBe(1);
  });

  it('reaches only keys of its own world and organization', async () => {
    const keyID = await issueOne();
    const test = apio.issuerWith(apio.engine.createManager('Test', 'acme').text, apio.server.url.Test);
    const other = apio.issuerWith(apio.engine.createManager('Live', 'other').text);
    for (const foreign of [test, other]) {
      expect(await foreign.get(keyID)).toBeUndefined();
      expect(await foreign.list(ATTEMPT)).toEqual([]);
      await foreign.revoke(keyID);
    }
    expect(liveKeys()).toBe(1);
  });
});

describe('verify', () => {
  it("does not take a gateway's 401 for the issuer's word", async () => {
    const result = await issuer.issue(ATTEMPT, SPEC);
    if (result.type !== 'Issued') throw new Error('expected a key');
    apio.server.faults.inject('self', { type: 'Answer', status: 401 });
    await expect(issuer.verify(result.key)).rejects.toMatchObject({ reason: 'UnusableAnswer' });
    expect(await issuer.verify(result.key)).toMatchObject({ status: 'Active' });
  });
});

describe('a list longer than a page', () => {
  it('is read to its end, or not at all', async () => {
    for (let attempt = 1; attempt <= 101; attempt += 1) await issuer.issue({ ...ATTEMPT, attempt }, SPEC);
    expect(await issuer.list(ATTEMPT)).toHaveLength(101);
    apio.server.faults.inject('list', { type: 'Answer', status: 200 });
    await expect(issuer.list(ATTEMPT)).rejects.toMatchObject({ reason: 'UnusableAnswer' });
  });
});
