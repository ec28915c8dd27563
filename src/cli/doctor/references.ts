import { isOfCluster, type Reference } from '../../api/references.ts';
import { clusterIssuers, clusterStores, issuers, stores } from '../../api/resources.ts';
import type { ApiKeyRotation, Condition } from '../../api/types.ts';
import type { KubeObject, Resource } from '../../runtime/kube/kube-api.ts';
import { look } from '../look.ts';
import { meaningOf } from '../reasons/all.ts';
import { plainText } from '../reasons/plain-text.ts';
import { conditionOf } from '../view/rotation-view.ts';
import { type Check, denied, type Examined, type Finding, fault, ok } from './finding.ts';

const CHECK = 'references';

type Checked = KubeObject & { readonly status?: { readonly conditions?: readonly Condition[] } };

/** The issuers and stores that rotations name are there, and the operator has found them good. */
export const references: Check = async (examined) => {
  const found: Finding[] = [];
  for (const [resource, name] of namedBy(examined.rotations)) found.push(await reference(examined, resource, name));
  return found;
};

/** Each once. */
function namedBy(rotations: readonly ApiKeyRotation[]): readonly (readonly [Resource, string])[] {
  const named = rotations.flatMap(({ spec }) => [
    entryOf(spec.issuerRef, issuers, clusterIssuers),
    ...spec.targets.map(({ storeRef }) => entryOf(storeRef, stores, clusterStores)),
  ]);
  return [...new Map(named).values()];
}

function entryOf(reference: Reference, ours: Resource, ofCluster: Resource): [string, readonly [Resource, string]] {
  const resource = isOfCluster(reference) ? ofCluster : ours;
  return [`${resource.kind}/${reference.name}`, [resource, reference.name]];
}

async function reference({ session }: Examined, resource: Resource, name: string): Promise<Finding> {
  const namespace = resource.namespaced ? session.namespace : undefined;
  const about = `${resource.kind} ${namespace ? `${namespace}/` : ''}${name}`;
  const object = await look(session.kube.get<Checked>({ resource, namespace, name }));
  if (object === 'Denied') return denied(CHECK, about, 'get');
  const list = `kubectl ${namespace ? `-n ${namespace} ` : ''}get ${resource.plural}`;
  if (!object)
    return fault(CHECK, about, 'a rotation names it, and it is not there', `create it, or correct the name: ${list}`);
  const ready = conditionOf(object.status?.conditions, 'Ready');
  if (!ready)
    return fault(CHECK, about, 'no operator has looked at it', 'see the check of the operator, and its --namespace');
  if (ready.status === 'True') return ok(CHECK, about, ready.message);
  return fault(CHECK, about, `${ready.reason}: ${ready.message}`, remedyOf(ready.reason, session.namespace));
}

function remedyOf(reason: string, namespace: string): string {
  return plainText(meaningOf(reason)?.remedy ?? 'docs/troubleshooting.md explains the reason', { namespace });
}
