import { get, type Item, post } from '../case.ts';
import { definitions } from './collections.ts';
import { definition } from './objects.ts';

function schema(document: string, name: string) {
  return get(`/openapi/v3/${document}`, { part: `/components/schemas/${name}` });
}
const own = 'apis/apikeyrotation.io/v1alpha1';
const custom = (kind: string) => schema(own, `io.apikeyrotation.v1alpha1.${kind}`);
const core = (kind: string) => schema('api/v1', `io.k8s.api.core.v1.${kind}`);
const namespacePatch = '/paths/~1api~1v1~1namespaces~1{name}/patch';

export const item22: Item = {
  number: 22,
  tier: 'P1',
  title: 'OpenAPI v3',
  cases: [
    ...['ApiKeyRotation', 'ApiKeyIssuer', 'KeyStore', 'MigrationReport'].map((kind) => ({
      name: `the schema of ${kind}`,
      steps: [custom(kind)],
    })),
    {
      name: 'the schema of a kind with every feature',
      steps: [schema('apis/contract.example.com/v1', 'com.example.contract.v1.Widget')],
    },
    { name: 'schemas of what holds data', steps: [core('Secret'), core('ConfigMap')] },
    {
      name: 'schemas of Namespaces and ServiceAccounts',
      steps: [core('Namespace'), core('NamespaceSpec'), core('ServiceAccount')],
    },
    {
      name: 'the schema of Events and what they refer to',
      steps: [core('Event'), core('ObjectReference'), core('EventSource')],
    },
    {
      name: 'the schema of Leases',
      steps: [
        schema('apis/coordination.k8s.io/v1', 'io.k8s.api.coordination.v1.Lease'),
        schema('apis/coordination.k8s.io/v1', 'io.k8s.api.coordination.v1.LeaseSpec'),
      ],
    },
    {
      name: 'schemas of roles and bindings',
      steps: ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding', 'PolicyRule', 'Subject', 'RoleRef'].map(
        (kind) => schema('apis/rbac.authorization.k8s.io/v1', `io.k8s.api.rbac.v1.${kind}`),
      ),
    },
    {
      name: 'metadata has its schema in the document of custom kinds',
      steps: ['ObjectMeta', 'OwnerReference', 'ManagedFieldsEntry'].map((kind) =>
        schema(own, `io.k8s.apimachinery.pkg.apis.meta.v1.${kind}`),
      ),
    },
    {
      name: 'patches of Namespaces say that fields are validated and that runs can be dry',
      steps: [0, 1, 2, 3]
        .map((index) => get('/openapi/v3/api/v1', { part: `${namespacePatch}/parameters/${index}/name` }))
        .concat(get('/openapi/v3/api/v1', { part: `${namespacePatch}/x-kubernetes-group-version-kind` })),
    },
    { name: 'a group without a document is no page', steps: [get('/openapi/v3/apis/nosuch.example.com/v1')] },
    {
      name: 'the documents follow a new definition',
      steps: [
        post(definitions, definition('described.example.com')),
        get('/openapi/v3/apis/described.example.com/v1', {
          until: { status: 200 },
          part: '/components/schemas/com.example.described.v1.Thing',
        }),
      ],
    },
  ],
};
