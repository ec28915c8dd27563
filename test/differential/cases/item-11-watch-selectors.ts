import { secret, widget } from '../../contract/kube-api/widget.ts';
import { get, merge, p0, post, put, remove, watch } from '../case.ts';
import { configMaps, secrets, widgets } from './collections.ts';
import { configMap } from './objects.ts';

const from = 'resourceVersion=$(made.metadata.resourceVersion)';
const labels = (color: string | null) => ({ metadata: { labels: { color } } });
const red = { labels: { color: 'red' } };
/** A last change within the selection, after which nothing may come twice. */
const last = {
  secrets: post(secrets, secret('last', {}, red)),
  widgets: post(widgets, widget('last', {}, red)),
  configMaps: post(configMaps, configMap('last', {}, red)),
};

export const item11 = p0(11, 'selectors in watches', {
  'an object that leaves the selection is deleted, as it was': [
    post(secrets, secret('a', {}, red), { save: 'made' }),
    merge(`${secrets}/a`, labels('blue')),
    watch(`${secrets}?watch=true&labelSelector=color%3Dred&${from}`, 2, [last.secrets]),
  ],
  'an object that enters the selection is added': [
    post(secrets, secret('a'), { save: 'made' }),
    merge(`${secrets}/a`, labels('red')),
    watch(`${secrets}?watch=true&labelSelector=color%3Dred&${from}`, 2, [last.secrets]),
  ],
  'an object comes, changes, goes and comes back': [
    post(widgets, widget('a'), { save: 'made' }),
    merge(`${widgets}/a`, labels('red')),
    merge(`${widgets}/a`, { spec: { high: 20 } }),
    merge(`${widgets}/a`, labels(null)),
    merge(`${widgets}/a`, { spec: { high: 30 } }),
    merge(`${widgets}/a`, labels('red')),
    watch(`${widgets}?watch=true&labelSelector=color%3Dred&${from}`, 5, [last.widgets]),
  ],
  'what is outside of the selection is not seen, its deletion neither': [
    post(configMaps, configMap('a'), { save: 'made' }),
    merge(`${configMaps}/a`, labels('blue')),
    remove(`${configMaps}/a`),
    post(configMaps, configMap('b', {}, red)),
    watch(`${configMaps}?watch=true&labelSelector=color%3Dred&${from}`, 2, [last.configMaps]),
  ],
  'a deletion within the selection is seen': [
    post(configMaps, configMap('a', {}, red), { save: 'made' }),
    remove(`${configMaps}/a`),
    watch(`${configMaps}?watch=true&labelSelector=color%3Dred&${from}`, 2, [last.configMaps]),
  ],
  'existing objects are selected, too': [
    post(configMaps, configMap('a', {}, red)),
    post(configMaps, configMap('b')),
    post(configMaps, configMap('c', {}, red)),
    watch(`${configMaps}?watch=true&labelSelector=color%3Dred`, 3, [last.configMaps]),
  ],
  'set-based selectors select': [
    post(configMaps, configMap('a'), { save: 'made' }),
    merge(`${configMaps}/a`, labels('red')),
    merge(`${configMaps}/a`, labels('blue')),
    merge(`${configMaps}/a`, labels('green')),
    merge(`${configMaps}/a`, labels(null)),
    watch(`${configMaps}?watch=true&labelSelector=color+in+(red,blue)&${from}`, 4, [last.configMaps]),
    watch(`${configMaps}?watch=true&labelSelector=color+notin+(red),color&${from}`, 3, [
      post(configMaps, configMap('green', {}, { labels: { color: 'green' } })),
    ]),
    watch(`${configMaps}?watch=true&labelSelector=!color&${from}`, 3, [post(configMaps, configMap('none'))]),
    watch(`${configMaps}?watch=true&labelSelector=color!%3Dblue&${from}`, 4, [remove(`${configMaps}/last`)]),
  ],
  'a field selector selects by name': [
    post(secrets, secret('a'), { save: 'made' }),
    post(secrets, secret('b')),
    merge(`${secrets}/a`, labels('red')),
    remove(`${secrets}/a`),
    watch(`${secrets}?watch=true&fieldSelector=metadata.name%3Da&${from}`, 3, [post(secrets, secret('a'))]),
  ],
  'a field selector and a label selector go together': [
    post(widgets, widget('a', {}, red), { save: 'made' }),
    post(widgets, widget('b', {}, red)),
    merge(`${widgets}/a`, labels('blue')),
    watch(`${widgets}?watch=true&fieldSelector=metadata.name%3Da&labelSelector=color%3Dred&${from}`, 2, [
      merge(`${widgets}/a`, labels('red')),
    ]),
  ],
  'a PUT can move an object out of the selection': [
    post(secrets, secret('a', {}, red), { save: 'made' }),
    put(`${secrets}/a`, secret('a')),
    get(`${secrets}?labelSelector=color%3Dred`),
    watch(`${secrets}?watch=true&labelSelector=color&${from}`, 2, [last.secrets]),
  ],
});
