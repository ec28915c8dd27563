import { describe, expect, test } from 'vitest';
import type { Issuer, KeyRecord } from '../../../src/issuers/port.ts';
import { createUndisclosed, DisclosureError } from '../../../src/issuers/undisclosed.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';

const TEXT = 'the_text_of_a_key_that_is_secret';
const KEY = new SecretValue(TEXT);
const SPEC = { environment: 'Live', permissions: ['read'] };
const ATTEMPT = { installation: 'inst', uid: 'uid-1', revision: 1, attempt: 1 };
const recordOf = (keyID: string): KeyRecord => ({ ...SPEC, keyID, status: 'Active' });

/** An issuer that names keys like this in its answers. */
function issuerOf({ issued = 'k1', verified = 'k1', listed = 'k1' }): Issuer {
  const unexpected = () => Promise.reject(new Error('not asked for here'));
  return {
    capabilities: { replay: 'None', list: true },
    origin: 'https://vendor.test',
    issue: async () => ({ type: 'Issued', record: recordOf(issued), key: KEY }),
    verify: async () => recordOf(verified),
    list: async () => (listed === '' ? [] : [recordOf('k0'), recordOf(listed)]),
    get: async () => (listed === '' ? undefined : recordOf(listed)),
    usage: unexpected,
    updatePermissions: unexpected,
    revoke: unexpected,
    check: unexpected,
  };
}

const issue = (issuer: Issuer) => issuer.issue(ATTEMPT, SPEC).catch((error: Error) => error);
const verify = (issuer: Issuer) => issuer.verify(KEY).catch((error: Error) => error);
const OWNER = { installation: 'inst', uid: 'uid-1' };

async function expectRefused(issuer: Issuer): Promise<void> {
  for (const ask of [() => issuer.list(OWNER), () => issuer.get('k1')]) {
    const error = await ask().then(
      () => undefined,
      (reason: Error) => reason,
    );
    expect(error).toMatchObject({ outcome: 'unavailable', reason: 'UnusableAnswer' });
    expect(error?.message).toContain('correct where the issuer says that ids are');
    expect(error?.message).not.toContain(TEXT);
  }
}

describe('a record without a key to compare its id with is refused', () => {
  test.each([
    ['an issued key was named by its text', issue, { issued: TEXT }],
    ['a verified key was named by its text', verify, { verified: TEXT }],
    ['it names a key by the text that was issued', issue, { listed: TEXT }],
    ['it names a key by the text that was verified', verify, { listed: TEXT }],
  ])('when %s', async (_when, call, answers) => {
    const issuer = createUndisclosed('vendor')(issuerOf(answers));
    await call(issuer);
    await expectRefused(issuer);
  });

  test('when the adapter found an answer that gives a key away', async () => {
    const subject = { peer: 'vendor', operation: 'issue a key', idempotent: false };
    const found = () => Promise.reject(new DisclosureError(subject));
    const issuer = createUndisclosed('vendor')({ ...issuerOf({}), issue: found });
    await issue(issuer);
    await expectRefused(issuer);
  });

  test('by the issuers of all parameters, which read ids in the same way', async () => {
    const undisclosed = createUndisclosed('vendor');
    await issue(undisclosed(issuerOf({ issued: TEXT })));
    await expectRefused(undisclosed(issuerOf({})));
  });
});

test('what names no key is answered whatever happened before', async () => {
  const issuer = createUndisclosed('vendor')(issuerOf({ issued: TEXT, listed: '' }));
  await issue(issuer);
  expect([await issuer.list(OWNER), await issuer.get('k1')]).toEqual([[], undefined]);
});

test('ids that give nothing away are answered', async () => {
  const issuer = createUndisclosed('vendor')(issuerOf({}));
  await issue(issuer);
  await verify(issuer);
  expect((await issuer.list(OWNER)).map(({ keyID }) => keyID)).toEqual(['k0', 'k1']);
  expect(await issuer.get('k1')).toMatchObject({ keyID: 'k1' });
});
