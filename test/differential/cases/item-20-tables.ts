import { lease, secret, widget } from '../../contract/kube-api/widget.ts';
import { get, type Item, merge, post, watch } from '../case.ts';
import { configMaps, deployments, events, keyStores, leases, secrets, widgets } from './collections.ts';
import { configMap, deployment, event, keyStore } from './objects.ts';

const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const kubectl = `${table},application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json`;
const ready = {
  conditions: [
    { type: 'Ready', status: 'True', reason: 'Reachable', message: 'fine', lastTransitionTime: '2026-01-02T03:04:05Z' },
  ],
};

export const item20: Item = {
  number: 20,
  tier: 'P1',
  title: 'Tables and other representations',
  cases: [
    {
      name: 'a list of ConfigMaps as a Table',
      steps: [post(configMaps, configMap('a', { data: { x: '1', y: '2' } })), get(configMaps, { accept: table })],
    },
    { name: 'an empty list as a Table', steps: [get(secrets, { accept: table })] },
    {
      name: 'one Secret as a Table',
      steps: [post(secrets, secret('a', { stringData: { x: '1' } })), get(`${secrets}/a`, { accept: table })],
    },
    {
      name: 'the columns of a definition, with what the status says',
      steps: [
        post(keyStores, keyStore('a')),
        get(keyStores, { accept: table }),
        merge(`${keyStores}/a/status`, { status: ready }),
        get(`${keyStores}/a`, { accept: table }),
      ],
    },
    {
      name: 'a definition without columns shows names and ages',
      steps: [post(widgets, widget('a')), get(widgets, { accept: table })],
    },
    { name: 'Leases as a Table', steps: [post(leases, lease('a')), get(leases, { accept: table })] },
    {
      name: 'Events as a Table, with the columns of the wide output',
      steps: [
        post(events, event('e', { count: 3, source: { component: 'operator' } })),
        get(events, { accept: table }),
      ],
    },
    {
      name: 'Deployments as a Table, with containers and selector',
      steps: [post(deployments, deployment('web')), get(deployments, { accept: table })],
    },
    { name: 'Pods as a Table', steps: [get('/api/v1/namespaces/$(ns)/pods', { accept: table })] },
    {
      name: 'Roles and bindings as Tables',
      steps: ['roles', 'rolebindings'].map((resource) =>
        get(`/apis/rbac.authorization.k8s.io/v1/namespaces/$(ns)/${resource}`, { accept: table }),
      ),
    },
    { name: 'ServiceAccounts as a Table', steps: [get('/api/v1/namespaces/$(ns)/serviceaccounts', { accept: table })] },
    { name: 'a Namespace as a Table', steps: [get('/api/v1/namespaces/$(ns)', { accept: table })] },
    {
      name: 'rows carry the object, its metadata or nothing',
      steps: [
        post(configMaps, configMap('a')),
        get(`${configMaps}?includeObject=Object`, { accept: table }),
        get(`${configMaps}?includeObject=Metadata`, { accept: table }),
        get(`${configMaps}?includeObject=None`, { accept: table }),
        get(`${configMaps}?includeObject=All`, { accept: table }),
      ],
    },
    {
      name: 'what kubectl accepts is a Table',
      steps: [post(configMaps, configMap('a')), get(configMaps, { accept: kubectl })],
    },
    {
      name: 'a Table of the beta version',
      steps: [
        post(configMaps, configMap('a')),
        get(configMaps, { accept: 'application/json;as=Table;v=v1beta1;g=meta.k8s.io' }),
      ],
    },
    {
      name: 'metadata alone, of one object and of a list',
      steps: [
        post(secrets, secret('a', {}, { labels: { x: 'y' } })),
        get(`${secrets}/a`, { accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' }),
        get(secrets, { accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' }),
      ],
    },
    { name: 'what nobody can represent is not acceptable', steps: [get(secrets, { accept: 'application/foo' })] },
    {
      name: 'a Table may be the second choice',
      steps: [get(secrets, { accept: 'application/foo,application/json;as=Table;v=v1;g=meta.k8s.io' })],
    },
    { name: 'an absent object is a Status, whatever was accepted', steps: [get(`${secrets}/none`, { accept: table })] },
    {
      name: 'the answer of a creation is a Table where that is accepted',
      steps: [post(configMaps, configMap('a'), { accept: table })],
    },
    {
      name: 'events of a watch are Tables, the first with columns',
      steps: [
        post(configMaps, configMap('a')),
        {
          ...watch(`${configMaps}?watch=true&fieldSelector=metadata.name%3Da`, 2, [
            merge(`${configMaps}/a`, { data: { x: '1' } }),
          ]),
          accept: table,
        },
      ],
    },
  ],
};
