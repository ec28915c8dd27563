import { secret, widget } from '../../contract/kube-api/widget.ts';
import { get, jsonPatch, merge, p0, post, put, watch } from '../case.ts';
import { definitions, namespaces, rotations, secrets, things, widgets } from './collections.ts';
import { rotation, thing, thingDefinition } from './objects.ts';

const phase = (value: string) => ({ status: { phase: value } });
const condition = {
  type: 'Ready',
  status: 'True',
  reason: 'Done',
  message: '',
  lastTransitionTime: '2026-01-01T00:00:00Z',
};

export const item05 = p0(5, 'the status subresource', {
  'a create drops status': [post(widgets, { ...widget('a'), ...phase('early') })],
  'the main endpoint leaves status alone': [
    post(widgets, widget('a')),
    merge(`${widgets}/a/status`, phase('on')),
    merge(`${widgets}/a`, { ...phase('off'), spec: { high: 20 } }),
    merge(`${widgets}/a`, { status: null }),
  ],
  'a PUT without status leaves it alone': [
    post(widgets, widget('a')),
    merge(`${widgets}/a/status`, phase('on'), { save: 'now' }),
    put(`${widgets}/a`, { $from: 'now', status: null, spec: { high: 20 } }),
  ],
  '/status writes nothing but status': [
    post(widgets, widget('a', {}, { labels: { x: '1' } })),
    merge(`${widgets}/a/status`, {
      ...phase('on'),
      spec: { high: 20 },
      metadata: { labels: { x: '2' }, annotations: { y: '1' }, finalizers: ['example.com/hold'] },
    }),
    get(`${widgets}/a`),
  ],
  'a PUT of /status replaces the status': [
    post(widgets, widget('a'), { save: 'made' }),
    put(`${widgets}/a/status`, { $from: 'made', ...phase('on'), spec: { high: 20 } }),
  ],
  'a PUT of /status needs the version': [
    post(widgets, widget('a')),
    put(`${widgets}/a/status`, { ...widget('a'), ...phase('on') }),
  ],
  'a JSON patch of /status works on status': [
    post(widgets, widget('a')),
    jsonPatch(`${widgets}/a/status`, [{ op: 'add', path: '/status', value: { phase: 'on' } }]),
    jsonPatch(`${widgets}/a/status`, [{ op: 'replace', path: '/status/phase', value: 'off' }]),
  ],
  '/status can be read': [post(widgets, widget('a')), get(`${widgets}/a/status`)],
  'a status that breaks the schema is refused': [
    post(widgets, widget('a')),
    merge(`${widgets}/a/status`, { status: { phase: 7 } }),
  ],
  'unknown fields of a status are pruned': [
    post(widgets, widget('a')),
    merge(`${widgets}/a/status`, { status: { phase: 'on', unknown: true } }),
  ],
  'a status can be taken away': [
    post(widgets, widget('a')),
    merge(`${widgets}/a/status`, phase('on')),
    merge(`${widgets}/a/status`, { status: null }),
  ],
  'without the subresource status is an ordinary member and has no endpoint': [
    post(definitions, thingDefinition({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true })),
    get(things, { until: { status: 200 } }),
    post(things, thing('a', phase('on'))),
    merge(`${things}/a`, phase('off')),
    merge(`${things}/a/status`, phase('on')),
  ],
  'a Secret has no /status': [post(secrets, secret('a')), merge(`${secrets}/a/status`, {})],
  'a status is an event': [
    post(widgets, widget('a'), { save: 'made' }),
    merge(`${widgets}/a/status`, phase('on')),
    watch(`${widgets}?watch=true&resourceVersion=$(made.metadata.resourceVersion)`, 1),
  ],
  'conditions of a rotation are a map by type': [
    post(rotations, rotation('a')),
    merge(`${rotations}/a/status`, { status: { revision: 1, conditions: [condition] } }),
    merge(`${rotations}/a/status`, { status: { conditions: [condition, condition] } }),
    merge(`${rotations}/a/status`, { status: { conditions: [{ ...condition, status: 'Maybe' }] } }),
    merge(`${rotations}/a/status`, { status: { revision: -1 } }),
  ],
  'the status of a namespace cannot be written at the main endpoint': [
    get(`${namespaces}/$(ns)`),
    merge(`${namespaces}/$(ns)`, { status: { phase: 'Terminating' } }),
  ],
});
