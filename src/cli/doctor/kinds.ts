import { clusterIssuers, clusterStores, issuers, reports, rotations, stores } from '../../api/resources.ts';
import { look } from '../look.ts';
import { type Check, denied, fault, ok } from './finding.ts';

const CHECK = 'kinds';

/** All our kinds are in the cluster, in the version that the plugin speaks. */
export const kinds: Check = async ({ session: { kube, namespace } }) => {
  const missing: string[] = [];
  for (const resource of [rotations, issuers, stores, clusterIssuers, clusterStores, reports]) {
    const where = resource.namespaced ? { namespace } : {};
    const seen = await look(kube.list({ resource, ...where, limit: 1 }));
    if (seen === undefined) missing.push(resource.kind);
    if (seen === 'Denied' && resource === rotations) return [denied(CHECK, resource.kind, 'list')];
  }
  if (missing.length === 0) return [ok(CHECK, 'CustomResourceDefinitions', 'all are there')];
  const message = `the cluster does not know ${missing.join(', ')}`;
  return [fault(CHECK, 'CustomResourceDefinitions', message, 'kubectl apply -f crds/')];
};
