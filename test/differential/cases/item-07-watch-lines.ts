import { lease, secret, widget } from '../../contract/kube-api/widget.ts';
import { get, merge, p0, post, remove, watch } from '../case.ts';
import { configMaps, leases, secrets, widgets } from './collections.ts';
import { configMap } from './objects.ts';

const from = 'resourceVersion=$(made.metadata.resourceVersion)';
const label = (value: string) => ({ metadata: { labels: { step: value } } });

/** A last change, after which nothing may come twice. */
const last = {
  secrets: post(secrets, secret('last')),
  widgets: post(widgets, widget('last')),
  configMaps: post(configMaps, configMap('last')),
};

export const item07 = p0(7, 'watches over plain HTTP', {
  'events are lines of type and object': [
    post(secrets, secret('a'), { save: 'made' }),
    merge(`${secrets}/a`, label('1')),
    remove(`${secrets}/a`),
    watch(`${secrets}?watch=true&${from}`, 3, [last.secrets]),
  ],
  'watch=1 is a watch as well': [
    post(configMaps, configMap('a'), { save: 'made' }),
    post(configMaps, configMap('b')),
    watch(`${configMaps}?watch=1&${from}`, 2, [last.configMaps]),
  ],
  'watch=false is a list': [post(configMaps, configMap('a')), get(`${configMaps}?watch=false`)],
  'events come while the watch is open': [
    get(widgets, { save: 'list' }),
    watch(`${widgets}?watch=true&resourceVersion=$(list.metadata.resourceVersion)`, 4, [
      post(widgets, widget('a')),
      merge(`${widgets}/a`, label('1')),
      remove(`${widgets}/a`),
      last.widgets,
    ]),
  ],
  'a watch of one object by its path sees that object': [
    post(secrets, secret('a'), { save: 'made' }),
    post(secrets, secret('b')),
    merge(`${secrets}/a`, label('1')),
    watch(`${secrets}/a?watch=true&${from}`, 2, [last.secrets, merge(`${secrets}/a`, label('2'))]),
  ],
  'a watch over all namespaces can be narrowed to one': [
    post(leases, lease('a'), { save: 'made' }),
    merge(`${leases}/a`, label('1')),
    watch(`/apis/coordination.k8s.io/v1/leases?watch=true&fieldSelector=metadata.namespace%3D$(ns)&${from}`, 2, [
      post(leases, lease('last')),
    ]),
  ],
  'a watch of a namespace does not see others': [
    post(secrets, secret('a'), { save: 'made' }),
    post('/api/v1/namespaces/default/secrets', secret('$(ns)')),
    remove('/api/v1/namespaces/default/secrets/$(ns)'),
    post(secrets, secret('b')),
    watch(`${secrets}?watch=true&${from}`, 2, [last.secrets]),
  ],
  'a watch does not see other kinds': [
    post(secrets, secret('a'), { save: 'made' }),
    post(configMaps, configMap('b')),
    post(secrets, secret('c')),
    watch(`${secrets}?watch=true&${from}`, 2, [last.secrets]),
  ],
  'the deleted object comes as it was last, under the version of its deletion': [
    post(widgets, widget('a'), { save: 'made' }),
    merge(`${widgets}/a/status`, { status: { phase: 'on' } }),
    remove(`${widgets}/a`),
    get(widgets),
    watch(`${widgets}?watch=true&${from}`, 3, [last.widgets]),
  ],
});
