import { describe, expect, test } from 'vitest';
import { arrive, VAULT } from '../bad-input/newcomer.ts';
import { MOUNT, NAMESPACE, TARGETS } from '../world/places.ts';

const MINUTE_MS = 60_000;
const ROLE = 'keys';
const GRANTS = { policies: [ROLE], ttlSeconds: 1_200, maxTtlSeconds: 2_400 };
const BOUND = { boundAudience: 'vault', boundSubjects: [`system:serviceaccount:${NAMESPACE}:vault-writer`] };
const account = { role: ROLE, serviceAccountName: 'vault-writer' };

/** What stores-vault.md says that each kind of login takes. */
const LOGINS: Readonly<Record<string, object>> = {
  Kubernetes: { kubernetes: account },
  JWT: { jwt: account },
  AppRole: { appRole: { roleID: 'role-id', secretRef: { name: 'vault-approle', key: 'secretID' } } },
};

/** A person who has read that page, and Vault under the policy that stands there. */
function begin(type: string) {
  const newcomer = arrive();
  const { vault } = newcomer.world;
  const secretIDs = new Set(['secret-id']);
  vault.setPolicy(ROLE, [
    { path: `${MOUNT}/data/payments/*`, capabilities: ['create', 'read', 'update'] },
    { path: `${MOUNT}/config`, capabilities: ['read'] },
  ]);
  vault.logins.setKubernetesRole(ROLE, { ...BOUND, ...GRANTS });
  vault.logins.setJwtRole(ROLE, { ...BOUND, ...GRANTS });
  vault.logins.setAppRole(ROLE, { roleID: 'role-id', secretIDs, ...GRANTS });
  newcomer.make({ kind: 'ServiceAccount', metadata: { name: 'vault-writer' } });
  newcomer.secret('vault-approle', { secretID: 'secret-id' });
  newcomer.change({ vault: { auth: { type, token: null, ...LOGINS[type] } } }, VAULT);
  newcomer.create({ consumers: null, withoutEvidence: { overlap: '10m' } });
  return { ...newcomer, secretIDs };
}

describe.each(Object.keys(LOGINS))('a store at Vault that logs in by %s', (type) => {
  test('takes keys beyond the life of any token, and after all of them were revoked', async () => {
    const { story, world } = begin(type);
    await story.done(1);
    await story.pass(50 * MINUTE_MS);
    story.annotate({ rotate: 'a' });
    await story.done(2);
    story.annotate({ rotate: 'b' });
    await story.published(3);
    world.vault.tokens.revokeAll();
    await story.done(3);
    expect(story.issued()).toBe(3);
    expect(story.live()).toEqual([world.places.serving(TARGETS.Vault.path)?.keyID]);
    expect(story.wrong()).toEqual([]);
  });

  test('holds a rotation up, and loses no key, while a policy does not let it write', async () => {
    const { story, world } = begin(type);
    await story.done(1);
    world.vault.setPolicy(ROLE, [{ path: `${MOUNT}/*`, capabilities: ['read'] }]);
    const first = story.serves();
    story.annotate({ rotate: 'a' });
    await story.told('VaultPermissionDenied');
    await story.pass(30 * MINUTE_MS);
    expect([story.serves(), story.issued()]).toEqual([first, 2]);
    expect(story.live()).toContain(first);
    world.vault.setPolicy(ROLE, [{ path: `${MOUNT}/*`, capabilities: ['create', 'read', 'update'] }]);
    await story.done(2);
    expect(story.issued()).toBe(2);
    expect(story.wrong()).toEqual([]);
  });
});

test('a secret id that was renewed is taken up within a minute, and nothing was issued meanwhile', async () => {
  const { story, secretIDs, secret, world } = begin('AppRole');
  await story.done(1);
  secretIDs.clear();
  world.vault.tokens.revokeAll();
  story.annotate({ rotate: 'a' });
  await story.pass(30 * MINUTE_MS);
  expect(story.issued()).toBe(1);
  expect(story.tells('Rotating')).toContain('refused the login by AppRole');
  secretIDs.add('another');
  secret('vault-approle', { secretID: 'another' });
  await story.done(2);
  expect(story.wrong()).toEqual([]);
});
