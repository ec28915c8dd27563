import type { JsonObject } from '../../../sandbox/kube/engine/json.ts';

/** A ConfigMap. */
export function configMap(name: string, members: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, ...members };
}

/** A KeyStore of type KubernetesSecret. */
export function keyStore(name: string, metadata: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'apikeyrotation.io/v1alpha1',
    kind: 'KeyStore',
    metadata: { name, ...metadata },
    spec: { type: 'KubernetesSecret' },
  };
}

/** An Event about a Pod that need not be there. */
export function event(name: string, members: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name },
    involvedObject: { kind: 'Pod', name: 'one', namespace: '$(ns)' },
    reason: 'Seen',
    message: 'somebody was seen',
    type: 'Normal',
    ...members,
  };
}

/** A Deployment without replicas, so that nothing has to run. */
export function deployment(name: string, containers: JsonObject[] = [{ name: 'main', image: 'web:1' }]): JsonObject {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
    },
  };
}

/** A definition of a kind of its own group, whose objects may be anything. @param group unique to the case */
export function definition(group: string, version: JsonObject = {}, names: JsonObject = {}): JsonObject {
  const schema = {
    openAPIV3Schema: {
      type: 'object',
      description: 'Thing is what it is.',
      properties: { spec: { type: 'object', properties: { colour: { type: 'string' }, size: { type: 'integer' } } } },
    },
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `things.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList', ...names },
      versions: [{ name: 'v1', served: true, storage: true, schema, ...version }],
    },
  };
}

/** A ServiceAccount. */
export function serviceAccount(name: string): JsonObject {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } };
}

/** A Pod that runs as a ServiceAccount of its namespace. */
export function pod(name: string, serviceAccountName: string): JsonObject {
  const containers = [{ name: 'app', image: 'example.com/app:1' }];
  const spec = { serviceAccountName, automountServiceAccountToken: false, containers };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec };
}

/** A valid ApiKeyRotation with these differences. */
export function rotation(name: string, spec: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'apikeyrotation.io/v1alpha1',
    kind: 'ApiKeyRotation',
    metadata: { name, ...metadata },
    spec: {
      issuerRef: { name: 'apio' },
      key: { environment: 'Test', permissions: ['read'] },
      targets: [{ name: 'vault', storeRef: { name: 'vault' }, path: 'team/app' }],
      withoutEvidence: { overlap: '1h' },
      ...spec,
    },
  };
}

/** Defines the kind Thing for one case, with this schema. `version` and `spec` take further members. */
export function thingDefinition(schema: JsonObject, version: JsonObject = {}, spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.$(ns).example.com' },
    spec: {
      group: '$(ns).example.com',
      scope: 'Namespaced',
      names: { plural: 'things', kind: 'Thing' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, ...version }],
      ...spec,
    },
  };
}

/** A Thing with these members beside metadata. */
export function thing(name: string, members: JsonObject = {}, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: '$(ns).example.com/v1', kind: 'Thing', metadata: { name, ...metadata }, ...members };
}
