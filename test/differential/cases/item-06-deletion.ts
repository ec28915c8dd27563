import { secret, widget } from '../../contract/kube-api/widget.ts';
import { get, jsonPatch, merge, p0, post, put, remove, watch } from '../case.ts';
import { configMaps, secrets, widgets } from './collections.ts';
import { configMap } from './objects.ts';

const hold = 'example.com/hold';
const held = { finalizers: [hold] };
const from = 'resourceVersion=$(made.metadata.resourceVersion)';

export const item06 = p0(6, 'finalizers and deletion', {
  'a deletion waits for the last finalizer': [
    post(widgets, widget('a', {}, { finalizers: [hold, 'example.com/other'] })),
    remove(`${widgets}/a`),
    merge(`${widgets}/a`, { metadata: { finalizers: [hold] } }),
    merge(`${widgets}/a`, { metadata: { finalizers: null } }),
    get(`${widgets}/a`),
  ],
  'the events of a held deletion end with the last stored object': [
    post(widgets, widget('a', {}, held), { save: 'made' }),
    remove(`${widgets}/a`),
    merge(`${widgets}/a`, { metadata: { finalizers: [], labels: { last: 'word' } } }),
    watch(`${widgets}?watch=true&${from}`, 2),
  ],
  'a held Secret is marked and stays readable': [
    post(secrets, secret('a', {}, held)),
    remove(`${secrets}/a`),
    get(`${secrets}/a`),
    get(secrets),
  ],
  'a second deletion of what is held changes nothing': [
    post(configMaps, configMap('a', {}, held), { save: 'made' }),
    remove(`${configMaps}/a`),
    remove(`${configMaps}/a`),
    merge(`${configMaps}/a`, { metadata: { finalizers: [] } }),
    watch(`${configMaps}?watch=true&${from}`, 2),
  ],
  'what is being deleted can still be changed': [
    post(widgets, widget('a', {}, held)),
    remove(`${widgets}/a`),
    merge(`${widgets}/a`, { spec: { high: 20 }, metadata: { labels: { x: '1' } } }),
    merge(`${widgets}/a/status`, { status: { phase: 'going' } }),
  ],
  'what is being deleted gets no new finalizers': [
    post(widgets, widget('a', {}, held)),
    remove(`${widgets}/a`),
    merge(`${widgets}/a`, { metadata: { finalizers: [hold, 'example.com/new'] } }),
    post(secrets, secret('a', {}, held)),
    remove(`${secrets}/a`),
    merge(`${secrets}/a`, { metadata: { finalizers: [hold, 'example.com/new', 'example.com/newer'] } }),
  ],
  'a deletion cannot be taken back': [
    post(widgets, widget('a', {}, held), { save: 'made' }),
    remove(`${widgets}/a`, undefined, { save: 'marked' }),
    merge(`${widgets}/a`, { metadata: { deletionTimestamp: null } }),
    put(`${widgets}/a`, { $from: 'marked', metadata: { deletionTimestamp: null } }),
  ],
  'a name that is being deleted is taken': [
    post(secrets, secret('a', {}, held)),
    remove(`${secrets}/a`),
    post(secrets, secret('a')),
  ],
  'a PUT may remove the last finalizer and another change with it': [
    post(widgets, widget('a', {}, held)),
    remove(`${widgets}/a`, undefined, { save: 'marked' }),
    put(`${widgets}/a`, { $from: 'marked', metadata: { finalizers: null }, spec: { high: 20 } }),
    get(`${widgets}/a`),
  ],
  'a JSON patch may remove the last finalizer': [
    post(widgets, widget('a', {}, held)),
    remove(`${widgets}/a`),
    jsonPatch(`${widgets}/a`, [{ op: 'remove', path: '/metadata/finalizers' }]),
    get(`${widgets}/a`),
  ],
  'an object that nobody deletes survives the loss of its finalizers': [
    post(widgets, widget('a', {}, held)),
    merge(`${widgets}/a`, { metadata: { finalizers: null } }),
    get(`${widgets}/a`),
  ],
  'a finalizer needs a qualified name': [
    post(widgets, widget('a', {}, { finalizers: ['hold'] })),
    post(secrets, secret('a', {}, { finalizers: ['hold'] })),
    post(secrets, secret('b', {}, { finalizers: ['example.com/-hold'] })),
  ],
  'preconditions count for what is held, too': [
    post(widgets, widget('a', {}, held)),
    remove(`${widgets}/a`, { preconditions: { uid: 'another' } }),
    get(`${widgets}/a`),
  ],
});
