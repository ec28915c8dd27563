import type { Output } from '../../../demo/leak-scan.ts';
import type { Cluster, ClusterObject } from './cluster.ts';

interface ResourceList {
  readonly groupVersion: string;
  readonly resources: readonly {
    readonly name: string;
    readonly namespaced: boolean;
    readonly verbs: readonly string[];
  }[];
}

/** Every object of a namespace, of every kind that there is, but the Secrets that hold keys on purpose. */
export async function objectsOf(
  cluster: Cluster,
  namespace: string,
  secretsWithKeys: readonly string[],
): Promise<readonly Output[]> {
  const paths = (await Promise.all((await groupVersions(cluster)).map((root) => collections(cluster, root)))).flat();
  const lists = await Promise.all(
    paths.map(async ({ root, name }) => {
      const objects = await cluster.list<ClusterObject>(`${root}/namespaces/${namespace}/${name}`);
      const isMeant = (object: ClusterObject) => name === 'secrets' && secretsWithKeys.includes(object.metadata.name);
      return objects
        .filter((object) => !isMeant(object))
        .map((object) => ({ channel: `${name} ${object.metadata.name}`, text: JSON.stringify(object) }));
    }),
  );
  return lists.flat();
}

async function groupVersions(cluster: Cluster): Promise<readonly string[]> {
  const groups = await cluster.get<
    ClusterObject & { groups: readonly { preferredVersion: { groupVersion: string } }[] }
  >('/apis');
  return ['/api/v1', ...(groups?.groups ?? []).map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`)];
}

/** What can be listed in a namespace. */
async function collections(cluster: Cluster, root: string): Promise<readonly { root: string; name: string }[]> {
  const list = await cluster.get<ClusterObject & ResourceList>(root);
  return (list?.resources ?? [])
    .filter(({ namespaced, verbs }) => namespaced && verbs.includes('list'))
    .map(({ name }) => ({ root, name }));
}
