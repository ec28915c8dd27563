import { MOUNT, NAMESPACE, TARGETS } from '../../world/places.ts';
import type { BadInput } from '../bad-input.ts';
import { VAULT_URL } from '../network.ts';
import { type Newcomer, VAULT } from '../newcomer.ts';
import { notReady, withVault } from './vault-spec.ts';

const putRight = (newcomer: Newcomer) => newcomer.secret('vault', { token: newcomer.world.vault.createToken() });
const configure = ({ world: { vault } }: Newcomer, body: object) =>
  vault.handle({ method: 'POST', path: `${MOUNT}/config`, token: vault.createToken(), body });

/** Stores that cannot be used as they are described. */
export const STORES: readonly BadInput[] = [
  {
    did: "forgot the Secret with Vault's token",
    seen: notReady('CredentialNotFound'),
    wrong: (newcomer) => {
      newcomer.world.kube.delete({ resource: 'secrets', namespace: NAMESPACE, name: 'vault' });
      return newcomer.create();
    },
    correct: putRight,
    message: 'Secret payments/vault does not exist; write the credential there (key token), or correct secretRef',
    names: ['Secret payments/vault', 'token', 'secretRef'],
    remedy:
      '`kubectl -n payments create secret generic vault --from-literal=token="$VAULT_TOKEN"`, or log in by `auth: {type: JWT}` without any Secret.',
  },
  {
    did: 'gave the store a token that Vault does not know',
    seen: notReady('VaultTokenDead'),
    wrong: (newcomer) => {
      newcomer.secret('vault', { token: 'hvs.unknown' });
      return newcomer.create();
    },
    correct: putRight,
    message:
      'Vault https://vault.test answered 403 when asked to describe the mount secret: its token is unknown, expired or revoked; where the store does not log in by itself, put a living one into its Secret',
    names: [VAULT_URL, 'its token is unknown, expired or revoked'],
    remedy:
      '`vault token lookup` tells whether a token lives; better, let the store log in by `auth: {type: Kubernetes}`: nobody renews anything then.',
  },
  {
    did: 'named a mount that is not there',
    seen: notReady('VaultPermissionDenied'),
    ...withVault({ mount: 'secrets' }, { mount: MOUNT }),
    message:
      'Vault https://vault.test answered 403 when asked to describe the mount secrets: there is no such mount, its token is dead, or its policy lacks create, read, update on <mount>/data/<path> or read on <mount>/config',
    names: [VAULT_URL, 'mount secrets', 'there is no such mount'],
    remedy: '`vault secrets list` names the mounts.',
  },
  {
    did: 'named a KV mount of version 1',
    seen: notReady('VaultVersionOne'),
    wrong: (newcomer) => {
      newcomer.world.vault.mountKv('old', 1);
      newcomer.change({ vault: { mount: 'old' } }, VAULT);
      return newcomer.create();
    },
    correct: (newcomer) => newcomer.change({ vault: { mount: MOUNT } }, VAULT),
    message:
      'mount old of vault:https://vault.test/old is KV version 1, which ignores check-and-set; run: vault kv enable-versioning old',
    names: [VAULT_URL, 'mount old', 'vault kv enable-versioning'],
    remedy: '`vault kv enable-versioning old`, or name another mount.',
  },
  {
    did: 'let the mount keep one version only',
    seen: notReady('VaultTooFewVersions'),
    wrong: (newcomer) => {
      configure(newcomer, { max_versions: 1 });
      return newcomer.create();
    },
    correct: (newcomer) => configure(newcomer, { max_versions: 10 }),
    message:
      'mount secret of vault:https://vault.test/secret keeps one version only (max_versions); run: vault write secret/config max_versions=10',
    names: ['mount secret', 'max_versions', 'run: vault write'],
    remedy: '`vault write secret/config max_versions=10`: a roll back reads the version before.',
  },
  {
    did: 'let the mount delete versions by itself',
    seen: notReady('VaultVersionsExpire'),
    wrong: (newcomer) => {
      configure(newcomer, { delete_version_after: '24h' });
      return newcomer.create();
    },
    correct: (newcomer) => configure(newcomer, { delete_version_after: '0s' }),
    message:
      'mount secret of vault:https://vault.test/secret deletes versions by itself (delete_version_after), the serving key among them; run: vault write secret/config delete_version_after=0s',
    names: ['mount secret', 'delete_version_after', 'run: vault write'],
    remedy: '`vault write secret/config delete_version_after=0s`: the serving key would vanish.',
  },
  {
    did: 'began before Vault was unsealed',
    seen: notReady('VaultSealed'),
    wrong: (newcomer) => {
      newcomer.world.vault.state = 'Sealed';
      return newcomer.create();
    },
    correct: ({ world }) => {
      world.vault.state = 'Active';
    },
    message:
      'Vault https://vault.test answered 503 when asked to look up its token: unseal it, and initialize it first where it is new; it is asked again later',
    names: [VAULT_URL, 'unseal it'],
    remedy: '`vault operator unseal`; it goes on by itself.',
  },
  {
    did: 'gave the store a token whose policy does not reach the path',
    seen: { type: 'Condition', kind: 'ApiKeyRotation', condition: 'Stalled', reason: 'NeedsHuman' },
    wrong: (newcomer) => {
      const { vault } = newcomer.world;
      vault.setPolicy('other', [
        { path: 'secret/data/other/*', capabilities: ['create', 'read', 'update'] },
        { path: 'secret/config', capabilities: ['read'] },
      ]);
      newcomer.secret('vault', { token: vault.createToken({ policies: ['default', 'other'] }) });
      return newcomer.create();
    },
    correct: putRight,
    message:
      'Vault https://vault.test answered 403 when asked to read payments/apio: there is no such mount, its token is dead, or its policy lacks create, read, update on <mount>/data/<path> or read on <mount>/config; correct it there or in spec; it is tried again at least every 5 minutes',
    names: [VAULT_URL, TARGETS.Vault.path, 'its policy lacks'],
    remedy:
      'The policy needs `create`, `read` and `update` on `secret/data/payments/*`, and `read` on `secret/config`.',
  },
];
