import { beforeAll, expect, it } from 'vitest';
import { OPERATOR } from '../../integration/documented-roles.ts';
import { documentedText } from '../../integration/documents/block.ts';
import { closeAfterAll } from '../components/close-after-all.ts';
import { type ControlPlane, startControlPlane } from '../components/control-plane.ts';
import { until } from '../components/until.ts';
import { type ClusterObject, createCluster } from '../world/cluster.ts';

const LEASES = `/apis/coordination.k8s.io/v1/namespaces/${OPERATOR.namespace}/leases/${OPERATOR.name}`;
const FLOW_SCHEMAS = '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas';

let plane: ControlPlane;
let token: string;
beforeAll(async () => {
  plane = await startControlPlane();
  const cluster = createCluster(plane);
  const { namespace, name } = OPERATOR;
  await cluster.apply(`
{apiVersion: v1, kind: Namespace, metadata: {name: ${namespace}}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: ${name}, namespace: ${namespace}}}`);
  token = await cluster.token(OPERATOR);
});
closeAfterAll(() => ({ close: (options) => plane.stop(options) }));

/** The FlowSchema by which the API server has served the operator's account. */
async function flowSchemaOf(path: string): Promise<string | undefined> {
  const { headers } = await plane.request('GET', path, undefined, { token });
  const uid = headers.get('x-kubernetes-pf-flowschema-uid');
  const flowSchemas = await createCluster(plane).list<ClusterObject>(FLOW_SCHEMAS);
  return flowSchemas.find(({ metadata }) => metadata.uid === uid)?.metadata.name;
}

it('without more the operator is served as every other account, its Lease too', async () => {
  for (const path of [LEASES, '/api/v1/pods']) expect(await flowSchemaOf(path)).toBe('service-accounts');
});

it('with the objects of the page the Lease goes by the level of leases, and all else by its own', async () => {
  await createCluster(plane).apply(documentedText('docs/performance.md “Priority at the API server” yaml'));
  const isServed = (path: string, by: string) => async () => (await flowSchemaOf(path)) === by;
  const within = { what: 'the API server to take the new FlowSchemas', timeoutMs: 30_000 };
  await until(isServed(LEASES, 'apikey-rotation-lease'), within);
  for (const path of ['/api/v1/pods', '/api/v1/namespaces/payments/pods', '/api/v1/namespaces']) {
    await until(isServed(path, 'apikey-rotation'), within);
  }
});
