import { secret, widget } from '../../contract/kube-api/widget.ts';
import { get, jsonPatch, merge, p0, post, put, remove } from '../case.ts';
import { definitions, rotations, secrets, things, widgets } from './collections.ts';
import { rotation, thing, thingDefinition } from './objects.ts';

const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const served = { until: { status: 200 } };
const held = { finalizers: ['example.com/hold'] };

export const item04 = p0(4, 'generation', {
  'it begins with 1 and counts changes of spec': [
    post(widgets, widget('a')),
    merge(`${widgets}/a`, { spec: { high: 20 } }),
    jsonPatch(`${widgets}/a`, [{ op: 'replace', path: '/spec/high', value: 30 }]),
  ],
  'a PUT with another spec counts': [
    post(widgets, widget('a'), { save: 'made' }),
    put(`${widgets}/a`, { $from: 'made', spec: { high: 20 } }),
  ],
  'a change of metadata does not count': [
    post(widgets, widget('a')),
    merge(`${widgets}/a`, { metadata: { labels: { x: '1' }, annotations: { y: '2' }, ...held } }),
  ],
  'a status at the main endpoint does not count': [
    post(widgets, widget('a')),
    merge(`${widgets}/a`, { status: { phase: 'on' } }),
  ],
  'a status at /status does not count': [
    post(widgets, widget('a')),
    merge(`${widgets}/a/status`, { status: { phase: 'on' } }),
  ],
  'a change of nothing does not count': [post(widgets, widget('a')), merge(`${widgets}/a`, { spec: { size: 'S' } })],
  'an unknown field that is pruned does not count': [
    post(widgets, widget('a')),
    merge(`${widgets}/a`, { spec: { unknown: 1 } }),
  ],
  'the first deletion of what is held counts, the second does not': [
    post(widgets, widget('a', {}, held)),
    remove(`${widgets}/a`),
    remove(`${widgets}/a`),
    get(`${widgets}/a`),
  ],
  'a change of spec during deletion counts': [
    post(widgets, widget('a', {}, held)),
    remove(`${widgets}/a`),
    merge(`${widgets}/a`, { spec: { high: 20 } }),
  ],
  'a Secret has none': [post(secrets, secret('a')), merge(`${secrets}/a`, { stringData: { x: '1' } })],
  'without a status subresource status counts as well': [
    post(definitions, thingDefinition(open)),
    get(things, served),
    post(things, thing('a', { spec: { x: 1 }, status: { y: 1 } })),
    merge(`${things}/a`, { status: { y: 2 } }),
    merge(`${things}/a`, { metadata: { labels: { x: '1' } } }),
  ],
  'members beside spec count': [
    post(definitions, thingDefinition(open, { subresources: { status: {} } })),
    get(things, served),
    post(things, thing('a', { extra: { x: 1 } })),
    merge(`${things}/a`, { extra: { x: 2 } }),
    merge(`${things}/a`, { status: { x: 2 } }),
  ],
  'a rotation that is suspended is a new generation, one that is asked for is not': [
    post(rotations, rotation('a')),
    merge(`${rotations}/a`, { spec: { suspend: true } }),
    merge(`${rotations}/a`, { metadata: { annotations: { 'apikeyrotation.io/rotate': 'now' } } }),
  ],
});
