import type { JsonObject } from '../../../sandbox/kube/engine/json.ts';
import { secret } from '../../contract/kube-api/widget.ts';
import { get, type Item, merge, post, remove } from '../case.ts';

const namespaces = '/api/v1/namespaces';
const gone = { until: { status: 404 } };

/** A second namespace of a case. */
function more(metadata: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: '$(ns)-more', ...metadata } };
}
const within = `${namespaces}/$(ns)-more`;
const held = post(namespaces, more({ finalizers: ['example.com/a'] }));

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
        post(namespaces, more()),
        merge(within, { metadata: { labels: { 'kubernetes.io/metadata.name': 'x', a: 'b' } } }),
      ],
    },
    {
      name: 'the name of a namespace is a label',
      steps: [post(namespaces, more({ name: 'Upper' })), post(namespaces, more({ name: 'a_b' }))],
    },
    { name: 'a namespace is made once', steps: [post(namespaces, more()), post(namespaces, more())] },
    { name: 'a namespace that is not there is empty', steps: [get(`${within}/secrets`), get(`${within}/secrets/a`)] },
    {
      name: 'a deletion is answered with the terminating namespace',
      steps: [held, remove(within), get(within, { part: 'status.phase' })],
    },
    {
      name: 'nothing new is made in a terminating namespace',
      steps: [
        held,
        remove(within, {}),
        post(`${within}/secrets`, secret('a')),
        post(`${within}/secrets?dryRun=All`, secret('a')),
      ],
    },
    {
      name: 'what is in a terminating namespace can be changed',
      steps: [
        held,
        post(`${within}/secrets`, secret('a', {}, { finalizers: ['example.com/a'] })),
        remove(within, {}),
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
      steps: [post(namespaces, more()), remove(`${within}?dryRun=All`), get(within)],
    },
    {
      name: 'a deleted namespace takes its objects along',
      controllers: true,
      steps: [
        post(namespaces, more()),
        post(`${within}/secrets`, secret('a')),
        remove(within, {}),
        get(within, gone),
        get(`${within}/secrets/a`),
      ],
    },
    {
      name: 'a namespace waits for what finalizers hold in it',
      controllers: true,
      steps: [
        post(namespaces, more()),
        post(`${within}/secrets`, secret('a', {}, { finalizers: ['example.com/a'] })),
        remove(within, {}),
        get(`${within}/secrets/a`, {
          until: { at: 'metadata.deletionGracePeriodSeconds', is: 0 },
          part: 'metadata.finalizers',
        }),
        get(within, { part: 'status.phase' }),
        merge(`${within}/secrets/a`, { metadata: { finalizers: null } }),
        get(within, gone),
      ],
    },
  ],
};
