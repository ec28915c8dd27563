import { lease, secret, widget } from '../../contract/kube-api/widget.ts';
import { get, jsonPatch, merge, p0, post, put, remove } from '../case.ts';
import { configMaps, leases, namespaces, secrets, widgets } from './collections.ts';
import { configMap } from './objects.ts';

const touched = { metadata: { annotations: { touched: 'yes' } } };
const otherUid = '11111111-2222-3333-4444-555555555555';

export const item02 = p0(2, 'conflicts and unconditional updates', {
  'a PUT of a Secret from a stale version is a conflict': [
    post(secrets, secret('a'), { save: 'made' }),
    merge(`${secrets}/a`, touched),
    put(`${secrets}/a`, { $from: 'made', stringData: { x: '1' } }),
    get(`${secrets}/a`),
  ],
  'a PUT of a custom resource from a stale version is a conflict': [
    post(widgets, widget('a'), { save: 'made' }),
    merge(`${widgets}/a`, touched),
    put(`${widgets}/a`, { $from: 'made', spec: { high: 11 } }),
  ],
  'a merge patch from a stale version is a conflict': [
    post(widgets, widget('a'), { save: 'made' }),
    merge(`${widgets}/a`, touched),
    merge(`${widgets}/a`, { metadata: { resourceVersion: '$(made.metadata.resourceVersion)' }, spec: { high: 11 } }),
  ],
  'a merge patch of a Secret from a stale version is a conflict': [
    post(secrets, secret('a'), { save: 'made' }),
    merge(`${secrets}/a`, touched),
    merge(`${secrets}/a`, { metadata: { resourceVersion: '$(made.metadata.resourceVersion)' } }),
  ],
  'a status patch from a stale version is a conflict': [
    post(widgets, widget('a'), { save: 'made' }),
    merge(`${widgets}/a`, touched),
    merge(`${widgets}/a/status`, {
      metadata: { resourceVersion: '$(made.metadata.resourceVersion)' },
      status: { phase: 'on' },
    }),
  ],
  'a JSON patch that tests for a stale version does not fit': [
    post(widgets, widget('a'), { save: 'made' }),
    merge(`${widgets}/a`, touched),
    jsonPatch(`${widgets}/a`, [
      { op: 'test', path: '/metadata/resourceVersion', value: '$(made.metadata.resourceVersion)' },
      { op: 'replace', path: '/spec/high', value: 11 },
    ]),
  ],
  'a merge patch from the latest version is taken': [
    post(widgets, widget('a'), { save: 'made' }),
    merge(`${widgets}/a`, { metadata: { resourceVersion: '$(made.metadata.resourceVersion)' }, spec: { high: 11 } }),
  ],
  'a PUT without a version overwrites Secrets and ConfigMaps': [
    post(secrets, secret('a')),
    put(`${secrets}/a`, secret('a', { stringData: { x: '1' } })),
    post(configMaps, configMap('a')),
    put(`${configMaps}/a`, configMap('a', { data: { x: '1' } })),
  ],
  'a PUT without a version is refused for custom resources': [
    post(widgets, widget('a')),
    put(`${widgets}/a`, widget('a', { high: 11 })),
  ],
  'a PUT without a version is refused for Leases': [
    post(leases, lease('a')),
    put(`${leases}/a`, lease('a', { holderIdentity: 'two' })),
  ],
  'a PUT of a Lease that does not exist creates it': [put(`${leases}/a`, lease('a')), get(`${leases}/a`)],
  'a PUT of a custom resource that does not exist is not found': [put(`${widgets}/a`, widget('a'))],
  'a PUT of a Secret that does not exist is not found': [put(`${secrets}/a`, secret('a'))],
  'a name that is taken already exists': [
    post(secrets, secret('a')),
    post(secrets, secret('a')),
    post(widgets, widget('a')),
    post(widgets, widget('a')),
    post(leases, lease('a')),
    post(leases, lease('a')),
    post(namespaces, { metadata: { name: '$(ns)' } }),
  ],
  'a PUT with the uid of another object is a conflict': [
    post(widgets, widget('a'), { save: 'made' }),
    put(`${widgets}/a`, { $from: 'made', metadata: { uid: otherUid } }),
    post(secrets, secret('a'), { save: 'secret' }),
    put(`${secrets}/a`, { $from: 'secret', metadata: { uid: otherUid } }),
  ],
  'a patch cannot change the uid': [
    post(widgets, widget('a')),
    merge(`${widgets}/a`, { metadata: { uid: otherUid } }),
    post(secrets, secret('a')),
    merge(`${secrets}/a`, { metadata: { uid: otherUid } }),
  ],
  'what does not exist is not found, whatever is asked': [
    get(`${widgets}/a`),
    merge(`${widgets}/a`, touched),
    remove(`${widgets}/a`),
    get(`${secrets}/a`),
    remove(`${secrets}/a`),
    merge(`${widgets}/a/status`, { status: {} }),
  ],
  'a PUT under another name than the path is refused': [
    post(secrets, secret('a')),
    put(`${secrets}/a`, secret('b')),
    post(widgets, widget('a'), { save: 'made' }),
    put(`${widgets}/a`, { $from: 'made', metadata: { name: 'b' } }),
  ],
  'a patch cannot rename': [post(widgets, widget('a')), merge(`${widgets}/a`, { metadata: { name: 'b' } })],
  'a write from a version that is no number is refused': [
    post(secrets, secret('a')),
    put(`${secrets}/a`, secret('a', {}, { resourceVersion: 'abc' })),
  ],
});
