import { secret, widget } from '../../contract/kube-api/widget.ts';
import { get, merge, p0, post, put, remove, type Step, watch } from '../case.ts';
import { configMaps, secrets, widgets } from './collections.ts';
import { configMap } from './objects.ts';

const forget: Step = { forget: true };
const from = 'resourceVersion=$(made.metadata.resourceVersion)';
const three = [
  post(configMaps, configMap('a'), { save: 'made' }),
  post(configMaps, configMap('b')),
  post(configMaps, configMap('c')),
];

export const item09 = p0(9, 'versions that are gone', {
  'a watch from a forgotten version gets 410 in the stream, and the end': [
    post(secrets, secret('a'), { save: 'made' }),
    post(secrets, secret('b')),
    forget,
    watch(`${secrets}?watch=true&${from}`, 'end'),
  ],
  'a watch of a custom resource from a forgotten version gets 410 in the stream': [
    post(widgets, widget('a'), { save: 'made' }),
    remove(`${widgets}/a`),
    forget,
    watch(`${widgets}?watch=true&${from}`, 'end'),
  ],
  'a page of a forgotten list is expired, and offers to go on inconsistently': [
    ...three,
    get(`${configMaps}?limit=1`, { save: 'page' }),
    post(configMaps, configMap('d')),
    forget,
    get(`${configMaps}?limit=1&continue=$(page.metadata.continue)`, { save: 'expired' }),
    get(`${configMaps}?limit=2&continue=$(expired.metadata.continue)`),
  ],
  'a list of exactly a forgotten version is expired': [
    ...three,
    forget,
    get(`${configMaps}?${from}&resourceVersionMatch=Exact`),
  ],
  'a list not older than a forgotten version is served': [...three, forget, get(`${configMaps}?${from}`)],
  'a new list and a watch from it work after all was forgotten': [
    ...three,
    forget,
    get(configMaps, { save: 'list' }),
    remove(`${configMaps}/b`),
    watch(`${configMaps}?watch=true&resourceVersion=$(list.metadata.resourceVersion)`, 1),
  ],
  'a watch without a version works after all was forgotten': [...three, forget, watch(`${configMaps}?watch=true`, 3)],
  'an object is changed from a version that is forgotten for watches': [
    post(widgets, widget('a'), { save: 'made' }),
    forget,
    put(`${widgets}/a`, { $from: 'made', spec: { high: 20 } }),
    merge(`${widgets}/a`, { metadata: { resourceVersion: '$(made.metadata.resourceVersion)' } }),
  ],
});
