import { get, type Item, post, remove } from '../case.ts';
import { definitions } from './collections.ts';
import { definition } from './objects.ts';

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
function inGroup(group: string, resource: string): string {
  return `/items/metadata.name=${group}/versions/0/resources/resource=${resource}`;
}
const served = { until: { status: 200 } };

export const item19: Item = {
  number: 19,
  tier: 'P1',
  title: 'discovery',
  cases: [
    { name: 'a group says its versions', steps: [get('/apis/apikeyrotation.io'), get('/apis/apps')] },
    {
      name: 'resources of custom kinds are listed with names, verbs and subresources',
      steps: [get('/apis/apikeyrotation.io/v1alpha1'), get('/apis/contract.example.com/v1')],
    },
    { name: 'resources of Leases are listed', steps: [get('/apis/coordination.k8s.io/v1')] },
    {
      name: 'resources of RBAC are listed',
      steps: [get('/apis/rbac.authorization.k8s.io/v1')],
    },
    { name: 'the core group has one version', steps: [get('/api', { part: 'versions' })] },
    {
      name: 'a group or version that is not served is no page at all',
      steps: [
        get('/apis/nosuch.example.com'),
        get('/apis/apikeyrotation.io/v9'),
        get('/apis/nosuch.example.com/v1/things'),
      ],
    },
    {
      name: 'a resource that is not served is a Status',
      steps: [
        get('/api/v1/nosuch'),
        get('/apis/apps/v1/nosuch'),
        get('/apis/apikeyrotation.io/v1alpha1/namespaces/$(ns)/nosuch'),
      ],
    },
    { name: 'a path outside of the API is no page', steps: [get('/nosuch'), get('/api/v9')] },
    { name: 'health is a word', steps: [get('/healthz'), get('/livez'), get('/readyz')] },
    {
      name: 'the version of the server has major, minor and platform',
      steps: [
        get('/version', { part: 'major' }),
        get('/version', { part: 'minor' }),
        get('/version', { part: 'platform' }),
      ],
    },
    {
      name: 'aggregated discovery comes with a content type of its own',
      steps: [
        get('/api', { accept: aggregated, part: 'kind' }),
        get('/apis', { accept: aggregated, part: 'apiVersion' }),
      ],
    },
    {
      name: 'aggregated discovery describes resources',
      steps: [
        ...['apikeyrotations', 'keystores', 'migrationreports'].map((resource) =>
          get('/apis', { accept: aggregated, part: inGroup('apikeyrotation.io', resource) }),
        ),
        get('/apis', { accept: aggregated, part: inGroup('apps', 'deployments') }),
        get('/apis', { accept: aggregated, part: inGroup('coordination.k8s.io', 'leases') }),
        get('/api', { accept: aggregated, part: '/items/0/versions/0/resources/resource=secrets' }),
        get('/api', { accept: aggregated, part: '/items/0/versions/0/resources/resource=serviceaccounts' }),
      ],
    },
    {
      name: 'discovery follows the creation and the deletion of a definition',
      steps: [
        post(definitions, definition('discovered.example.com', {}, { shortNames: ['th'], categories: ['stuff'] })),
        get('/apis/discovered.example.com', served),
        get('/apis/discovered.example.com/v1', served),
        get(`${definitions}/things.discovered.example.com`, { part: 'status.acceptedNames' }),
        remove(`${definitions}/things.discovered.example.com`, {}, { part: 'metadata.name' }),
        get('/apis/discovered.example.com', { until: { status: 404 } }),
      ],
    },
    {
      name: 'subresources that a kind has not are not found',
      steps: [get('/api/v1/namespaces/$(ns)/secrets/a/status'), get('/api/v1/namespaces/$(ns)/secrets/a/nosuch')],
    },
  ],
};
