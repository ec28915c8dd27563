import { secret, widget } from '../../contract/kube-api/widget.ts';
import { get, p0, post, remove, watch } from '../case.ts';
import { configMaps, roles, secrets, serviceAccounts, widgets } from './collections.ts';
import { serviceAccount } from './objects.ts';

const token = '$(issued.status.token)';
const nobody = [
  post(serviceAccounts, serviceAccount('nobody')),
  post(`${serviceAccounts}/nobody/token`, { spec: {} }, { save: 'issued' }),
];

export const item12 = p0(12, 'refusals that are not 410', {
  'a token that nobody owns is unauthorized': [
    get(secrets, { token: 'nonsense' }),
    post(secrets, secret('a'), { token: 'nonsense' }),
    get('/version', { token: 'nonsense' }),
  ],
  'a list without the right is forbidden': [...nobody, get(secrets, { token }), get(widgets, { token })],
  'a watch without the right is forbidden': [...nobody, get(`${secrets}?watch=true`, { token })],
  'reading and writing one object without the right is forbidden': [
    ...nobody,
    get(`${secrets}/a`, { token }),
    post(secrets, secret('a'), { token }),
    remove(`${widgets}/a`, undefined, { token }),
    { method: 'PUT', path: `${widgets}/a/status`, body: widget('a'), token },
    { method: 'PATCH', path: `${widgets}/a`, body: {}, contentType: 'application/merge-patch+json', token },
  ],
  'cluster-wide without the right is forbidden': [
    ...nobody,
    get('/api/v1/secrets', { token }),
    get('/api/v1/namespaces', { token }),
    get('/api/v1/namespaces/$(ns)', { token }),
    post('/api/v1/namespaces', { metadata: { name: 'x' } }, { token }),
  ],
  'a selector that cannot be read is refused': [
    get(`${secrets}?labelSelector=a%3D%3D%3Db`),
    get(`${secrets}?labelSelector=a+in+b`),
    watch(`${secrets}?watch=true&labelSelector=-a-`, 'end'),
    get(`${secrets}?fieldSelector=metadata.name`),
    get(`${widgets}?fieldSelector=spec.size%3DS`),
    get(`${configMaps}?fieldSelector=data.x%3D1`),
  ],
  'a watch of an unknown kind is not found': [
    watch('/apis/contract.example.com/v1/namespaces/$(ns)/gadgets?watch=true', 'end'),
    watch('/api/v1/namespaces/$(ns)/gadgets?watch=true', 'end'),
  ],
  'a body of an unknown type is refused': [
    { method: 'POST', path: secrets, text: 'a=b', contentType: 'application/x-www-form-urlencoded' },
    { method: 'PUT', path: `${widgets}/a`, text: '<a/>', contentType: 'text/xml' },
  ],
  'a patch of an unknown type is refused': [
    post(secrets, secret('a')),
    { method: 'PATCH', path: `${secrets}/a`, body: {}, contentType: 'application/json' },
    post(widgets, widget('a')),
    { method: 'PATCH', path: `${widgets}/a`, body: {}, contentType: 'application/json' },
    { method: 'PATCH', path: `${widgets}/a`, body: {}, contentType: 'application/strategic-merge-patch+json' },
  ],
  'an answer of an unknown type is not acceptable': [
    get(secrets, { accept: 'text/html' }),
    get(widgets, { accept: 'application/xml' }),
  ],
  'a verb that a collection does not have is not allowed': [
    { method: 'PUT', path: secrets, body: secret('a') },
    { method: 'PATCH', path: widgets, body: {}, contentType: 'application/merge-patch+json' },
    { method: 'PUT', path: widgets, body: widget('a') },
  ],
  'a patch that cannot be read is refused': [
    post(widgets, widget('a')),
    { method: 'PATCH', path: `${widgets}/a`, text: '{"spec": ', contentType: 'application/merge-patch+json' },
    { method: 'PATCH', path: `${widgets}/a`, text: '[1]', contentType: 'application/merge-patch+json' },
    { method: 'PATCH', path: `${widgets}/a`, text: '{}', contentType: 'application/json-patch+json' },
    {
      method: 'PATCH',
      path: `${widgets}/a`,
      body: [{ op: 'replace', path: '/spec/nothing/here', value: 1 }],
      contentType: 'application/json-patch+json',
    },
  ],
  'making a role without the right is forbidden': [
    ...nobody,
    post(roles, { metadata: { name: 'a' }, rules: [] }, { token }),
  ],
});
