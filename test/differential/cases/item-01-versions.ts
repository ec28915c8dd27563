import { lease, secret, widget } from '../../contract/kube-api/widget.ts';
import { get, jsonPatch, merge, p0, post, put, remove, watch } from '../case.ts';
import { leases, secrets, widgets } from './collections.ts';

const fromMade = 'resourceVersion=$(made.metadata.resourceVersion)';

export const item01 = p0(1, 'resourceVersions', {
  'a patch that changes nothing keeps the version and is no event': [
    post(secrets, secret('a', { stringData: { x: '1' } }), { save: 'made' }),
    merge(`${secrets}/a`, { stringData: { x: '1' } }),
    jsonPatch(`${secrets}/a`, [{ op: 'add', path: '/metadata/labels', value: { last: 'word' } }]),
    watch(`${secrets}?watch=true&${fromMade}`, 1),
    get(secrets),
  ],
  'a PUT of what is there keeps the version': [
    post(secrets, secret('a', { stringData: { x: '1' } }), { save: 'made' }),
    put(`${secrets}/a`, { $from: 'made' }),
    put(`${secrets}/a`, secret('a', { stringData: { x: '1' } })),
  ],
  'a PUT of a custom resource as it is keeps the version': [
    post(widgets, widget('a'), { save: 'made' }),
    put(`${widgets}/a`, { $from: 'made' }),
    merge(`${widgets}/a`, { spec: { high: 11 } }),
    watch(`${widgets}?watch=true&${fromMade}`, 1),
  ],
  'a JSON patch that only tests keeps the version': [
    post(widgets, widget('a')),
    jsonPatch(`${widgets}/a`, [{ op: 'test', path: '/spec/size', value: 'S' }]),
  ],
  'a status that is written again keeps the version': [
    post(widgets, widget('a')),
    merge(`${widgets}/a/status`, { status: { phase: 'on' } }),
    merge(`${widgets}/a/status`, { status: { phase: 'on' } }),
  ],
  'versions rise over all kinds': [
    post(secrets, secret('a')),
    post(leases, lease('a')),
    post(widgets, widget('a')),
    merge(`${secrets}/a`, { metadata: { labels: { x: '1' } } }),
    merge(`${leases}/a`, { spec: { holderIdentity: 'two' } }),
    merge(`${widgets}/a`, { spec: { high: 20 } }),
    get(`${secrets}/a`),
    get(`${leases}/a`),
  ],
  'a list has a version though it is empty, and a later one after a change': [
    get(secrets),
    post(secrets, secret('a')),
    get(secrets),
    post(secrets, secret('b')),
    get(secrets),
  ],
  'the changes of others leave the version of an object alone': [
    post(secrets, secret('a')),
    post(secrets, secret('b')),
    merge(`${secrets}/b`, { metadata: { annotations: { x: '1' } } }),
    get(`${secrets}/a`),
  ],
  'a refused change leaves the version alone': [
    post(widgets, widget('a')),
    merge(`${widgets}/a`, { spec: { high: 1000 } }),
    get(`${widgets}/a`),
  ],
  'a deletion has a version of its own': [
    post(secrets, secret('a'), { save: 'made' }),
    remove(`${secrets}/a`),
    post(secrets, secret('b')),
    watch(`${secrets}?watch=true&${fromMade}`, 2),
  ],
  'what is made anew under the same name has another uid and a later version': [
    post(widgets, widget('a')),
    remove(`${widgets}/a`),
    post(widgets, widget('a')),
  ],
});
