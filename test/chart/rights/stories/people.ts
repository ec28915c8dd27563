import type { Rotation, Tenant } from '../../../e2e/world/tenant.ts';
import type { World } from '../../../e2e/world/world.ts';
import { declare, NAMES } from './declare.ts';

/** People are asked for a key, and give it. */
export async function people(world: World, tenant: Tenant): Promise<void> {
  await world.cluster.apply(issuer(tenant.namespace));
  await declare(world, tenant, NAMES.asked, { issuerRef: { name: NAMES.people } });
  const isAsked = ({ status }: Rotation) =>
    status?.conditions?.some(({ reason }) => reason === 'KeyRequested') === true;
  await tenant.until(NAMES.asked, 'the request', isAsked);
  await world.cluster.apply(delivery(world, tenant.namespace));
  await tenant.settled(NAMES.asked, 1);
}

const issuer = (namespace: string) => `
apiVersion: apikeyrotation.io/v1alpha1
kind: ApiKeyIssuer
metadata: {name: ${NAMES.people}, namespace: ${namespace}}
spec: {type: Support, support: {environments: [{name: Live}], expectedWithin: 1h}}
`;

function delivery({ apio }: World, namespace: string): string {
  const manager = apio.keys.find((key) => key.manager && key.organization === namespace);
  if (!manager) throw new Error('the tenant has somebody who issues keys');
  const wish = { organization: namespace, environment: 'Live', permissions: ['payments:read'], label: undefined };
  const { id, text } = apio.issue(manager, wish, undefined).key;
  return `
apiVersion: v1
kind: Secret
metadata: {name: ${NAMES.asked}-delivered-key, namespace: ${namespace}}
stringData: {keyID: "${id}", key: "${text}"}
`;
}
