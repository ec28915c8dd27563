import { secret, widget } from '../../contract/kube-api/widget.ts';
import { get, merge, p0, post, remove, watch } from '../case.ts';
import { configMaps, secrets, widgets } from './collections.ts';
import { configMap } from './objects.ts';

const from = 'resourceVersion=$(made.metadata.resourceVersion)';
const pair = [post(configMaps, configMap('b')), post(configMaps, configMap('a'))];

export const item08 = p0(8, 'where lists and watches start', {
  'from a version all later events are replayed, deletions included': [
    get(secrets, { save: 'list' }),
    post(secrets, secret('a')),
    merge(`${secrets}/a`, { stringData: { x: '1' } }),
    remove(`${secrets}/a`),
    post(secrets, secret('b')),
    watch(`${secrets}?watch=true&resourceVersion=$(list.metadata.resourceVersion)`, 4),
  ],
  'no event is lost between a list and a watch': [
    post(widgets, widget('a')),
    get(widgets, { save: 'list' }),
    remove(`${widgets}/a`),
    watch(`${widgets}?watch=true&resourceVersion=$(list.metadata.resourceVersion)`, 1),
  ],
  'without a version the existing objects come first, by name, as added': [
    ...pair,
    watch(`${configMaps}?watch=true`, 3, [post(configMaps, configMap('c'))]),
  ],
  // Version 0 is whatever the cache of the API server knows, which a write reaches a moment later.
  'from version 0 the existing objects come first': [
    ...pair,
    get(`${configMaps}?resourceVersion=0`, { until: { at: 'items.1.metadata.name', is: 'b' } }),
    watch(`${configMaps}?watch=true&resourceVersion=0`, 2),
  ],
  'existing objects come as they are now, not as they were made': [
    post(configMaps, configMap('a')),
    merge(`${configMaps}/a`, { data: { x: '1' } }),
    watch(`${configMaps}?watch=true`, 1),
  ],
  'initial events end with a bookmark': [
    ...pair,
    watch(
      `${configMaps}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
      4,
      [post(configMaps, configMap('c'))],
    ),
  ],
  'initial events need resourceVersionMatch': [
    watch(`${configMaps}?watch=true&sendInitialEvents=true&allowWatchBookmarks=true`, 'end'),
  ],
  'a watch takes resourceVersionMatch with initial events only': [
    watch(`${configMaps}?watch=true&resourceVersionMatch=NotOlderThan&resourceVersion=0`, 'end'),
  ],
  'a list of the future times out': [get(`${secrets}?resourceVersion=99999999999`)],
  'a watch of the future waits': [
    watch(`${secrets}?watch=true&resourceVersion=99999999999&timeoutSeconds=1`, 'end', [post(secrets, secret('a'))]),
  ],
  'a list from version 0 answers what is known': [
    post(configMaps, configMap('a')),
    get(`${configMaps}?resourceVersion=0`, { until: { at: 'items.0.metadata.name', is: 'a' } }),
  ],
  'a list not older than a version has it': [
    post(configMaps, configMap('a'), { save: 'made' }),
    get(`${configMaps}?${from}&resourceVersionMatch=NotOlderThan`),
    get(`${configMaps}?${from}`),
  ],
  'a list of exactly a version shows the past': [
    post(configMaps, configMap('a'), { save: 'made' }),
    post(configMaps, configMap('b')),
    merge(`${configMaps}/a`, { data: { x: '1' } }),
    get(`${configMaps}?${from}&resourceVersionMatch=Exact`),
  ],
  'resourceVersionMatch needs a version': [get(`${configMaps}?resourceVersionMatch=NotOlderThan`)],
  'exactly version 0 makes no sense': [get(`${configMaps}?resourceVersionMatch=Exact&resourceVersion=0`)],
  'an unknown resourceVersionMatch is refused': [get(`${configMaps}?resourceVersionMatch=Newest&resourceVersion=1`)],
  'a version that is no number is refused': [
    get(`${configMaps}?resourceVersion=abc`),
    watch(`${configMaps}?watch=true&resourceVersion=abc`, 'end'),
  ],
});
