import type { JsonObject } from '../../../sandbox/kube/engine/json.ts';
import { secret, widget } from '../../contract/kube-api/widget.ts';
import { get, type Item, merge, post, remove } from '../case.ts';

const namespaces = '/api/v1/namespaces';
const gone = { until: { status: 404 } };

/** A second namespace of a case. */
function more(metadata: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: '$(ns)-more', ...metadata } };
}
const within = `${namespaces}/$(ns)-more`;
const held = post(namespaces, more({ finalizers: ['example.com/a'] }), { part: 'kind' });

export const item28: Item = {
  number: 28,
  tier: 'P1',
  title: 'namespaces',
  cases: [
    {
      name: 'a namespace is active and carries its name as a label',
      steps: [post(namespaces, more({ labels: { a: 'b' } })), get(within)],
    },
    {
      name: 'the label with the name cannot be changed',
      steps: [
        post(namespaces, more(), { part: 'kind' }),
        merge(within, { metadata: { labels: { 'kubernetes.io/metadata.name': 'x', a: 'b' } } }),
      ],
    },
    {
      name: 'the name of a namespace is a label',
      steps: [post(namespaces, more({ name: 'Upper' })), post(namespaces, more({ name: 'a_b' }))],
    },
    { name: 'a namespace is made once', steps: [post(namespaces, more(), { part: 'kind' }), post(namespaces, more())] },
    {
      name: 'nothing is made in a namespace that is not there',
      steps: [
        post(`${within}/secrets`, secret('a')),
        post('/apis/contract.example.com/v1/namespaces/$(ns)-more/widgets', widget('a')),
      ],
    },
    { name: 'a namespace that is not there is empty', steps: [get(`${within}/secrets`), get(`${within}/secrets/a`)] },
    {
      name: 'a deletion is answered with the terminating namespace',
      steps: [held, remove(within), get(within, { part: 'status.phase' })],
    },
    {
      name: 'nothing new is made in a terminating namespace',
      steps: [
        held,
        remove(within, {}, { part: 'kind' }),
        post(`${within}/secrets`, secret('a')),
        post(`${within}/secrets?dryRun=All`, secret('a')),
      ],
    },
    {
      name: 'what is in a terminating namespace can be changed',
      steps: [
        held,
        post(`${within}/secrets`, secret('a', {}, { finalizers: ['example.com/a'] }), { part: 'kind' }),
        remove(within, {}, { part: 'kind' }),
        merge(`${within}/secrets/a`, { metadata: { labels: { a: 'b' } } }, { part: 'metadata.labels' }),
      ],
    },
    {
      name: 'the first namespaces cannot be deleted',
      steps: [
        remove(`${namespaces}/default`),
        remove(`${namespaces}/kube-system`),
        remove(`${namespaces}/kube-public`),
      ],
    },
    { name: 'namespaces cannot be deleted as a collection', steps: [remove(namespaces)] },
    {
      name: 'a dry deletion shows the terminating namespace',
      steps: [post(namespaces, more(), { part: 'kind' }), remove(`${within}?dryRun=All`), get(within)],
    },
    {
      name: 'the namespace of an object is that of its path',
      steps: [
        post('/api/v1/namespaces/$(ns)/secrets', secret('a', {}, { namespace: 'default' })),
        post('/api/v1/namespaces/$(ns)/secrets', secret('a', {}, { namespace: '$(ns)' })),
      ],
    },
    {
      name: 'a deleted namespace takes its objects along',
      controllers: true,
      steps: [
        post(namespaces, more(), { part: 'kind' }),
        post(`${within}/secrets`, secret('a'), { part: 'kind' }),
        remove(within, {}, { part: 'kind' }),
        get(within, gone),
        get(`${within}/secrets/a`),
      ],
    },
    {
      name: 'a namespace waits for what finalizers hold in it',
      controllers: true,
      steps: [
        post(namespaces, more(), { part: 'kind' }),
        post(`${within}/secrets`, secret('a', {}, { finalizers: ['example.com/a'] }), { part: 'kind' }),
        remove(within, {}, { part: 'kind' }),
        get(`${within}/secrets/a`, {
          until: { at: 'metadata.deletionGracePeriodSeconds', is: 0 },
          part: 'metadata.finalizers',
        }),
        get(within, { part: 'status.phase' }),
        merge(`${within}/secrets/a`, { metadata: { finalizers: null } }, { part: 'kind' }),
        get(within, gone),
      ],
    },
  ],
};
