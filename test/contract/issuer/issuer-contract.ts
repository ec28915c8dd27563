import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IssueResult, Issuer, KeySpec } from '../../../src/issuers/port.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';

/** An issuer under test, with ids of objects that nobody else uses there. */
export interface IssuerUnderTest {
  readonly issuer: Issuer;
  /** The same issuer with a credential that it does not accept. */
  readonly stranger: Issuer;
  readonly spec: KeySpec;
  /** A fresh object uid. */
  readonly uid: () => string;
  /** What becomes of an attempt that is repeated with another specification. */
  readonly repeated: 'refused' | 'conflict';
  /** Whether it tells when keys were used. */
  readonly tellsUse: boolean;
  readonly close: () => Promise<void>;
}

/** What every issuer that lists by label and replays ids must do, whatever is behind it. */
export function describeIssuer(name: string, setUp: () => Promise<IssuerUnderTest>): void {
  describe(`the issuer port: ${name}`, () => {
    let under: IssuerUnderTest;
    beforeAll(async () => {
      under = await setUp();
    });
    afterAll(() => under.close());

    const attemptOf = (uid: string, revision = 1, attempt = 1) => ({
      installation: 'contract',
      uid,
      revision,
      attempt,
    });
    const issue = async (uid: string, revision = 1, attempt = 1) =>
      issued(await under.issuer.issue(attemptOf(uid, revision, attempt), under.spec));

    it('declares what it can do and where it works', () => {
      const use = under.tellsUse ? { usageResolutionMs: 60_000 } : {};
      expect(under.issuer.capabilities).toEqual({ replay: 'ID', list: true, ...use });
      expect(under.issuer.origin).toMatch(/^https?:\/\/[^/]+$/);
    });

    it('check passes with a good credential and names a bad one', async () => {
      await under.issuer.check();
      await expect(under.stranger.check()).rejects.toMatchObject({
        outcome: 'denied',
        reason: 'AccessDenied',
        status: 401,
      });
    });

    it('an issued key is alive, exact, and carries the attempt as label', async () => {
      const uid = under.uid();
      const { key, record } = await issue(uid);
      const seen = await under.issuer.verify(key);
      expect(seen).toMatchObject({
        ...under.spec,
        keyID: record.keyID,
        status: 'Active',
        label: `contract/${uid}/1.1`,
      });
    });

    it('the same attempt again gives the id and makes no second key', async () => {
      const uid = under.uid();
      const { record } = await issue(uid);
      const again = await under.issuer.issue(attemptOf(uid), under.spec);
      expect(again).toEqual({ type: 'Replayed', keyID: record.keyID });
      expect(await under.issuer.list(attemptOf(uid))).toHaveLength(1);
    });

    it('the same attempt with another specification makes no key, and says so', async () => {
      const uid = under.uid();
      await issue(uid);
      const other = { ...under.spec, permissions: ['refunds:read'] };
      await expect(under.issuer.issue(attemptOf(uid), other)).rejects.toMatchObject({ outcome: under.repeated });
      expect(await under.issuer.list(attemptOf(uid))).toHaveLength(1);
    });

    it('list shows the keys of one object, dead ones included, and no others', async () => {
      const uid = under.uid();
      const first = await issue(uid, 1, 1);
      const second = await issue(uid, 2, 3);
      await issue(`${uid}x`);
      await under.issuer.revoke(first.record.keyID);
      const listed = await under.issuer.list({ installation: 'contract', uid });
      expect(listed.map(({ keyID, status, label }) => [keyID, status, label])).toEqual([
        [first.record.keyID, 'Revoked', `contract/${uid}/1.1`],
        [second.record.keyID, 'Active', `contract/${uid}/2.3`],
      ]);
    });

    it('get describes a key, and says when there is none', async () => {
      const { record } = await issue(under.uid());
      expect(await under.issuer.get(record.keyID)).toMatchObject({ keyID: record.keyID, status: 'Active' });
      expect(await under.issuer.get('no_such_key')).toBeUndefined();
    });

    it('usage tells the last call with a key, our own included, by the clock of the issuer', async () => {
      if (!under.tellsUse) return;
      const { key, record } = await issue(under.uid());
      const unused = await under.issuer.usage(record.keyID);
      expect(unused).toEqual({ status: 'Active', asOf: expect.any(String) });
      await under.issuer.verify(key);
      const { asOf = '', lastUsedAt = '' } = (await under.issuer.usage(record.keyID)) ?? {};
      const age = Date.parse(asOf) - Date.parse(lastUsedAt);
      expect(age).toBeGreaterThan(-1_000);
      expect(age).toBeLessThan(5_000);
      await under.issuer.revoke(record.keyID);
      expect(await under.issuer.usage(record.keyID)).toMatchObject({ status: 'Revoked' });
      expect(await under.issuer.usage('no_such_key')).toBeUndefined();
    });

    it('a revoked key is rejected at once, and revoking it again succeeds', async () => {
      const { key, record } = await issue(under.uid());
      await under.issuer.revoke(record.keyID);
      expect(await under.issuer.verify(key)).toBeUndefined();
      expect(await under.issuer.get(record.keyID)).toMatchObject({ status: 'Revoked' });
      await under.issuer.revoke(record.keyID);
    });

    it('revoking a key that is not there succeeds', () => under.issuer.revoke('no_such_key'));

    it('verify rejects a key that nobody issued', async () => {
      expect(await under.issuer.verify(new SecretValue('apio_live_0000000000000000000000'))).toBeUndefined();
    });

    it.each(['../api-keys', 'a/b', '', 'a?b', 'ü'])('an id like %j is never sent', async (keyID) => {
      await expect(under.issuer.get(keyID)).rejects.toMatchObject({ reason: 'InvalidKeyID' });
      await expect(under.issuer.revoke(keyID)).rejects.toMatchObject({ reason: 'InvalidKeyID' });
    });

    it('"self" is nobody\'s id', async () => {
      const found = under.issuer.get('self').catch((error: unknown) => {
        expect(error).toMatchObject({ reason: 'UnusableAnswer' });
      });
      expect(await found).toBeUndefined();
    });
  });
}

function issued(result: IssueResult): Extract<IssueResult, { type: 'Issued' }> {
  if (result.type !== 'Issued') throw new Error(`expected a new key, the issuer answered ${result.type}`);
  return result;
}
