import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clusterRoles, namespaceRoles } from '../../integration/documented-roles.ts';
import type { ControlPlane } from '../components/control-plane.ts';
import type { Cluster } from './cluster.ts';

/** How the CRDs and the operator's rights come into a cluster. The operator itself is a process of its own. */
export interface Installation {
  /** Once; the ServiceAccount is the one of docs/operator-rights.md. */
  install(plane: ControlPlane, cluster: Cluster): Promise<void>;
  /** What each namespace with rotations needs, as YAML. */
  namespaceRights(namespace: string, needs: NamespaceNeeds): string;
}

/** What rotations of a namespace do beside the usual. */
export interface NamespaceNeeds {
  readonly secretTargets: boolean;
  readonly rollouts: boolean;
}

const TOP = join(import.meta.dirname, '../../..');

/** File by file, as the documentation has it. `wholeCluster`: the operator may watch all namespaces. */
export function byHand({ wholeCluster }: { readonly wholeCluster: boolean }): Installation {
  return {
    async install(_plane, cluster) {
      for (const file of await readdir(join(TOP, 'crds'))) {
        await cluster.apply(await readFile(join(TOP, 'crds', file), 'utf8'));
      }
      await cluster.apply(clusterRoles({ wholeCluster }));
    },
    namespaceRights: namespaceRoles,
  };
}
