import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IssueResult, KeyRecord } from '../../../src/issuers/port.ts';
import { fingerprint } from '../../../src/key/fingerprint.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { type RecipeOptions, type RecipeSetup, setUpRecipe } from './recipe.ts';

export interface RecipeUnderTest extends RecipeOptions {
  readonly permissions: readonly string[];
  readonly organization?: string;
  /** The endpoint that issues. */
  readonly issues: string;
  /** Whether the vendor says which key it was shown. */
  readonly identifies: boolean;
  /** Whether it tells when a key was used last. */
  readonly tellsUse?: true;
  /** A text that looks like a key and is none. */
  readonly nobodys: string;
}

/** What the protocol needs of every recipe, whatever is behind it. */
export function describeRecipe(options: RecipeUnderTest): void {
  describe(`the recipe ${options.file}`, () => {
    const { permissions, organization } = options;
    const spec = { environment: 'Live', permissions, ...(organization === undefined ? {} : { organization }) };
    let setup: RecipeSetup;
    beforeAll(async () => {
      setup = await setUpRecipe(options);
    });
    afterAll(() => setup.close());

    const attemptOf = (uid: string, attempt = 1) => ({ installation: randomUUID(), uid, revision: 1, attempt });
    const dead = (record: KeyRecord | undefined) => record === undefined || record.status !== 'Active';

    it('shows by its check that the credential works, and that another does not', async () => {
      await setup.issuer.check();
      await expect(setup.issuerWith({}).check()).rejects.toMatchObject({ outcome: 'denied' });
    });

    it('issues a key that verifies as what was asked for, under our label', async () => {
      const attempt = attemptOf(randomUUID());
      const { key, record } = issued(await setup.issuer.issue(attempt, spec));
      const label = `${attempt.installation}/${attempt.uid}/1.1`;
      const presumed = { keyID: record.keyID, fingerprint: fingerprint(key) };
      const seen = await setup.issuer.verify(key, presumed);
      expect(seen).toMatchObject({ keyID: record.keyID, label, status: 'Active', environment: 'Live' });
      expect([...(seen?.permissions ?? [])].sort()).toEqual([...permissions].sort());
      expect(await setup.issuer.get(record.keyID)).toMatchObject({ keyID: record.keyID, label });
    });

    it('takes a key for that of a marker only where the vendor itself says so', async () => {
      const [first, second] = await Promise.all(
        [1, 2].map(async (n) => issued(await setup.issuer.issue(attemptOf(randomUUID(), n), spec))),
      );
      if (!first || !second) throw new Error('two keys were issued');
      const seen = await setup.issuer.verify(first.key, { keyID: first.record.keyID });
      expect(seen?.keyID).toBe(options.identifies ? first.record.keyID : undefined);
      const wrong = await setup.issuer.verify(first.key, { keyID: second.record.keyID });
      expect(wrong?.keyID).not.toBe(second.record.keyID);
    });

    it('lists the keys of one rotation, and no others', async () => {
      const attempt = attemptOf(randomUUID());
      const other = { ...attempt, uid: randomUUID() };
      const ids = [
        issued(await setup.issuer.issue(attempt, spec)).record.keyID,
        issued(await setup.issuer.issue({ ...attempt, attempt: 2 }, spec)).record.keyID,
      ];
      await setup.issuer.issue(other, spec);
      const listed = await setup.issuer.list(attempt);
      expect(listed.map(({ keyID, status }) => [keyID, status])).toEqual(ids.map((id) => [id, 'Active']));
    });

    it('revokes a key for good, and says so when it is asked again', async () => {
      const { key, record } = issued(await setup.issuer.issue(attemptOf(randomUUID()), spec));
      const { keyID } = record;
      await setup.issuer.revoke(keyID);
      expect(await setup.issuer.verify(key, { keyID, fingerprint: fingerprint(key) })).toBeUndefined();
      expect(dead(await setup.issuer.get(keyID))).toBe(true);
      await setup.issuer.revoke(keyID);
    });

    if (options.tellsUse)
      it('tells when a key was used last, and of one that was not, that', async () => {
        const { key, record } = issued(await setup.issuer.issue(attemptOf(randomUUID()), spec));
        expect(setup.issuer.capabilities.usageResolutionMs).toBeGreaterThan(0);
        expect(await setup.issuer.usage(record.keyID)).toEqual({ status: 'Active', asOf: expect.any(String) });
        await setup.issuer.verify(key);
        const { lastUsedAt = '' } = (await setup.issuer.usage(record.keyID)) ?? {};
        expect(Date.parse(lastUsedAt)).toBeGreaterThan(0);
      });

    it('rejects a key that nobody issued', async () => {
      const key = new SecretValue(options.nobodys);
      expect(await setup.issuer.verify(key, { keyID: 'nobody', fingerprint: fingerprint(key) })).toBeUndefined();
    });

    it('finds by its label the key of a call whose answer was lost', async () => {
      const attempt = attemptOf(randomUUID());
      setup.server.strike(options.issues, 'LoseAnswer');
      await expect(setup.issuer.issue(attempt, spec)).rejects.toMatchObject({ outcome: 'unknown' });
      const [orphan] = await setup.issuer.list(attempt);
      expect(orphan).toMatchObject({ status: 'Active' });
      await setup.issuer.revoke(orphan?.keyID ?? '');
      expect((await setup.issuer.list(attempt)).filter(({ status }) => status === 'Active')).toEqual([]);
    });
  });
}

export function issued(result: IssueResult): Extract<IssueResult, { type: 'Issued' }> {
  if (result.type !== 'Issued') throw new Error(`expected a new key, the issuer answered ${result.type}`);
  return result;
}
