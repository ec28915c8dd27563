import { secret, widget } from '../../contract/kube-api/widget.ts';
import { get, merge, p0, post, remove, watch } from '../case.ts';
import { configMaps, secrets, widgets } from './collections.ts';
import { configMap } from './objects.ts';

const from = 'resourceVersion=$(made.metadata.resourceVersion)';

export const item10 = p0(10, 'reconnecting watches', {
  'timeoutSeconds ends a quiet watch from the server': [
    get(secrets, { save: 'list' }),
    watch(`${secrets}?watch=true&timeoutSeconds=1&resourceVersion=$(list.metadata.resourceVersion)`, 'end'),
  ],
  'timeoutSeconds ends a watch after its events': [
    post(secrets, secret('a'), { save: 'made' }),
    post(secrets, secret('b')),
    watch(`${secrets}?watch=true&timeoutSeconds=1&${from}`, 'end'),
  ],
  'a watch that goes on from its last event sees each event once': [
    post(configMaps, configMap('a'), { save: 'made' }),
    post(configMaps, configMap('b'), { save: 'next' }),
    watch(`${configMaps}?watch=true&${from}`, 1),
    post(configMaps, configMap('c')),
    remove(`${configMaps}/a`),
    watch(`${configMaps}?watch=true&resourceVersion=$(next.metadata.resourceVersion)`, 2),
  ],
  'a watch goes on from the version of another kind': [
    post(configMaps, configMap('a'), { save: 'made' }),
    post(secrets, secret('b')),
    watch(`${secrets}?watch=true&${from}`, 1),
  ],
  'the same past can be watched again and again': [
    post(widgets, widget('a'), { save: 'made' }),
    merge(`${widgets}/a`, { spec: { high: 20 } }),
    watch(`${widgets}?watch=true&${from}`, 1),
    watch(`${widgets}?watch=true&${from}`, 1),
    watch(`${widgets}?watch=true&${from}`, 1),
  ],
  'two watches at once see the same': [
    post(widgets, widget('a'), { save: 'made' }),
    watch(`${widgets}?watch=true&${from}`, 1, [merge(`${widgets}/a`, { spec: { high: 20 } })]),
    watch(`${widgets}?watch=true&${from}`, 1),
  ],
  'no bookmarks come where none are allowed': [
    post(configMaps, configMap('a'), { save: 'made' }),
    watch(`${configMaps}?watch=true&timeoutSeconds=1&${from}`, 'end'),
  ],
  'a bookmark after initial events has a version to go on from': [
    post(configMaps, configMap('a')),
    watch(
      `${configMaps}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=&allowWatchBookmarks=true`,
      2,
    ),
  ],
});
