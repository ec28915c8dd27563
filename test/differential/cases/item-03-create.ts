import { secret, widget } from '../../contract/kube-api/widget.ts';
import { get, p0, post, put, remove } from '../case.ts';
import { configMaps, secrets, widgets } from './collections.ts';
import { configMap } from './objects.ts';

const forged = {
  uid: '11111111-2222-3333-4444-555555555555',
  creationTimestamp: '2020-01-01T00:00:00Z',
  deletionTimestamp: '2020-01-02T00:00:00Z',
  deletionGracePeriodSeconds: 30,
  generation: 7,
};

const yaml = { method: 'POST', contentType: 'application/yaml' };

export const item03 = p0(3, 'create, and preconditions of delete', {
  'a create with a resourceVersion is refused': [post(secrets, secret('a', {}, { resourceVersion: '5' }))],
  'a create of a custom resource with a resourceVersion is refused': [
    post(widgets, widget('a', {}, { resourceVersion: '5' })),
  ],
  'what the server owns cannot be sent with a create': [
    post(secrets, secret('a', {}, forged)),
    post(widgets, widget('a', {}, forged)),
    post(configMaps, configMap('a', {}, { ...forged, selfLink: '/somewhere' })),
  ],
  'what the server owns cannot be changed by a PUT': [
    post(secrets, secret('a')),
    put(`${secrets}/a`, secret('a', {}, { creationTimestamp: '2020-01-01T00:00:00Z', generation: 7 })),
    post(widgets, widget('a'), { save: 'made' }),
    put(`${widgets}/a`, { $from: 'made', metadata: { creationTimestamp: '2020-01-01T00:00:00Z', generation: 7 } }),
    get(`${widgets}/a`),
  ],
  'a delete with the uid of another object is refused and leaves the object': [
    post(secrets, secret('a')),
    remove(`${secrets}/a`, { preconditions: { uid: 'another' } }),
    get(`${secrets}/a`),
  ],
  'a delete of a custom resource with the uid of another is refused': [
    post(widgets, widget('a')),
    remove(`${widgets}/a`, { preconditions: { uid: 'another' } }),
  ],
  'a delete with a stale version is refused': [
    post(secrets, secret('a')),
    remove(`${secrets}/a`, { preconditions: { resourceVersion: '1' } }),
    post(widgets, widget('a')),
    remove(`${widgets}/a`, { preconditions: { resourceVersion: '1' } }),
  ],
  'a delete with the right preconditions works': [
    post(secrets, secret('a'), { save: 'made' }),
    remove(`${secrets}/a`, {
      preconditions: { uid: '$(made.metadata.uid)', resourceVersion: '$(made.metadata.resourceVersion)' },
    }),
    get(`${secrets}/a`),
  ],
  'a delete answers a Status for Secrets, ConfigMaps and custom resources': [
    post(secrets, secret('a')),
    remove(`${secrets}/a`),
    post(configMaps, configMap('a')),
    remove(`${configMaps}/a`),
    post(widgets, widget('a')),
    remove(`${widgets}/a`),
  ],
  'a create in another namespace than the path is refused': [
    post(secrets, secret('a', {}, { namespace: 'default' })),
    post(widgets, widget('a', {}, { namespace: 'default' })),
  ],
  'a create in a namespace that does not exist is not found': [
    post('/api/v1/namespaces/nowhere/secrets', secret('a')),
    post('/apis/contract.example.com/v1/namespaces/nowhere/widgets', widget('a')),
  ],
  'a create of another kind or version than the path is refused': [
    post(secrets, configMap('a')),
    post(secrets, { ...secret('a'), apiVersion: 'v2' }),
    post(widgets, { ...widget('a'), kind: 'Gadget' }),
    post(widgets, { ...widget('a'), apiVersion: 'contract.example.com/v2' }),
  ],
  'a built-in kind need not be named, a custom one must be': [
    post(secrets, { metadata: { name: 'a' } }),
    post(widgets, { metadata: { name: 'a' }, spec: { size: 'S' } }),
    post(widgets, { apiVersion: 'contract.example.com/v1', metadata: { name: 'a' }, spec: { size: 'S' } }),
  ],
  'a create from what is no JSON is refused': [
    { method: 'POST', path: secrets, text: '{"metadata": ' },
    { method: 'POST', path: widgets, text: '{"metadata": ' },
  ],
  'a create may be YAML, in any style': [
    { ...yaml, path: secrets, text: 'kind: Secret\napiVersion: v1\nmetadata:\n  name: a\ndata: {x: eA==}\n' },
    { ...yaml, path: secrets, text: "{apiVersion: v1, kind: 'Secret', metadata: {name: b, labels: {x: 'y'}}}" },
    { ...yaml, path: widgets, text: '{apiVersion: contract.example.com/v1, kind: Widget, metadata: {name: c}}' },
  ],
  'a POST to an object is not allowed': [post(`${secrets}/a`, secret('a')), post(`${widgets}/a`, widget('a'))],
  'an unknown collection is not found': [
    get('/api/v1/namespaces/$(ns)/nonsense'),
    get('/apis/contract.example.com/v1/namespaces/$(ns)/nonsense'),
    get('/apis/nonsense.example.com/v1/namespaces/$(ns)/widgets'),
    get('/apis/contract.example.com/v9/namespaces/$(ns)/widgets'),
  ],
});
