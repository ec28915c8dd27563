import { readdir, readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { ApioEngine } from '../sandbox/apio/engine/apio-engine.ts';
import type { LedgerEntry as IssuerEntry } from '../sandbox/apio/engine/types.ts';
import { type ApioServer, startApioServer } from '../sandbox/apio/front/server.ts';
import { KubeEngine } from '../sandbox/kube/engine/engine.ts';
import type { KubeObject } from '../sandbox/kube/engine/object.ts';
import { resourceKey } from '../sandbox/kube/engine/resource.ts';
import { type KubeServer, startKubeServer } from '../sandbox/kube/front/server.ts';
import type { Listening } from '../sandbox/listen.ts';
import { machine } from '../sandbox/standalone/part.ts';
import { VaultEngine, type LedgerEntry as VaultEntry } from '../sandbox/vault/engine/vault-engine.ts';
import { startVaultServer } from '../sandbox/vault/server.ts';
import { VAULT_MOUNT } from './cast.ts';

/** Told of what happens on the stage, within the call that does it. */
export interface StageObserver {
  readonly onIssuerEntry: (entry: IssuerEntry, engine: ApioEngine) => void;
  readonly onVaultChange: (entry: VaultEntry, engine: VaultEngine) => void;
  /** Every version of every object but Secrets. */
  readonly onKubeChange: (object: KubeObject) => void;
}

/** The servers that the operator and the consumers talk to, and what only their owner can see and do. */
export interface Stage {
  readonly kube: { readonly engine: KubeEngine; readonly server: KubeServer };
  readonly issuer: { readonly engine: ApioEngine; readonly server: ApioServer };
  readonly vault: { readonly engine: VaultEngine; readonly server: Listening };
  close(): Promise<void>;
}

const CRDS = new URL('../crds/', import.meta.url);

/** Starts Kubernetes with our CRDs, the issuing API and Vault, each on free loopback ports. */
export async function openStage({ onIssuerEntry, onVaultChange, onKubeChange }: StageObserver): Promise<Stage> {
  const kube = new KubeEngine(machine);
  await installCrds(kube);
  observe(kube, onKubeChange);
  const issuer: ApioEngine = new ApioEngine({ ...machine, onEntry: (entry) => onIssuerEntry(entry, issuer) });
  const vault: VaultEngine = new VaultEngine({
    ...machine,
    onChange: (entry) => onVaultChange(entry, vault),
    reviewJwt: (jwt, audience) => {
      const verdict = kube.reviewToken(jwt, [audience]);
      return verdict.authenticated ? { subject: verdict.user.username } : undefined;
    },
  });
  vault.mountKv(VAULT_MOUNT);
  const [kubeServer, issuerServer, vaultServer] = await Promise.all([
    startKubeServer({ engine: kube }),
    startApioServer({ engine: issuer }),
    startVaultServer({ engine: vault }),
  ]);
  return {
    kube: { engine: kube, server: kubeServer },
    issuer: { engine: issuer, server: issuerServer },
    vault: { engine: vault, server: vaultServer },
    close: async () => {
      await Promise.all([kubeServer.close(), issuerServer.close(), vaultServer.close()]);
    },
  };
}

async function installCrds(engine: KubeEngine): Promise<void> {
  const files = (await readdir(CRDS)).filter((name) => name.endsWith('.yaml')).sort();
  for (const name of files) {
    const definition = parse(await readFile(new URL(name, CRDS), 'utf8'));
    engine.create({ resource: 'customresourcedefinitions.apiextensions.k8s.io' }, definition);
  }
}

function observe(engine: KubeEngine, onKubeChange: (object: KubeObject) => void): void {
  const observed = engine.resources().filter(({ stored, kind }) => stored && kind !== 'Secret');
  for (const definition of observed) {
    engine.watch({ resource: resourceKey(definition) }, {}, ({ type, object }) => {
      if (type !== 'BOOKMARK') onKubeChange(object);
    });
  }
}
