import { sharedComponents } from '../../e2e/components/shared.ts';
import { createRealStand } from './real-stand.ts';
import { createSandboxStand } from './sandbox-stand.ts';
import type { VaultProbe } from './vault-probe.ts';

/** A Vault under test, sandbox or real, and what its administrator does for one test. */
export interface VaultStand {
  readonly url: string;
  readonly rootToken: string;
  /** Requests of root. */
  readonly root: VaultProbe;
  /** The stand's own policy, and its own role at each auth method; nobody else has them. */
  readonly name: string;
  /** Where the auth methods are mounted. */
  readonly mounts: Readonly<Record<'jwt' | 'kubernetes' | 'approle', string>>;
  /** A token of a ServiceAccount that the roles at jwt and kubernetes let in; Vault's tokens live ten minutes. */
  jwt(): Promise<string>;
  /** A token of a ServiceAccount that they do not let in, or one that is for another audience. */
  foreignJwt(of: 'another account' | 'another audience'): Promise<string>;
  /** What the role at approle lets in. */
  appRole(): Promise<{ readonly roleID: string; readonly secretID: string }>;
  /** Mounts a KV engine of version 2, or 1; returns its name. */
  mountKv(version?: 1 | 2): Promise<string>;
  /** Replaces the rules of the stand's policy; in force at once. */
  setPolicy(rules: readonly PolicyRule[]): Promise<void>;
  /** A token under the stand's policy, and the default one unless that is refused. */
  createToken(options?: { readonly noDefaultPolicy?: boolean }): Promise<string>;
  revoke(token: string): Promise<void>;
  /** Revokes every token that a login gave. */
  revokeLogins(): Promise<void>;
  /** Lets a mount be read about once a minute. */
  limitReads(mount: string): Promise<void>;
  /** The url of another Vault, in a state in which it does not serve; it goes with the stand. */
  notServing(state: NotServing): Promise<string>;
  close(): Promise<void>;
}

/** One `path` stanza of a policy. */
export interface PolicyRule {
  readonly path: string;
  readonly capabilities: readonly ('create' | 'read' | 'update')[];
}

/** Why a Vault does not serve. */
export type NotServing = 'Sealed' | 'Uninitialized';

/** At the real Vault of the run, else at a fresh sandbox. */
export function standAtVault(): Promise<VaultStand> {
  const real = sharedComponents();
  return real ? createRealStand(real.vault) : createSandboxStand();
}
