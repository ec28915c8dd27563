import { secret } from '../../contract/kube-api/widget.ts';
import { get, type Item, merge, post, put, remove } from '../case.ts';
import {
  clusterRoleBindings,
  configMaps,
  deployments,
  events,
  pods,
  roleBindings,
  secrets,
  serviceAccounts,
} from './collections.ts';
import { configMap, event, pod, serviceAccount } from './objects.ts';

const big = 'x'.repeat(1024 * 1024 + 1);

const account = { serviceAccountName: 'app', automountServiceAccountToken: false };
const template = { metadata: { labels: { app: 'web' } } };
const containers = [{ name: 'main', image: 'web:1' }];

export const item29: Item = {
  number: 29,
  tier: 'P1',
  title: 'Events, Secrets, ConfigMaps, and what other kinds require',
  cases: [
    {
      name: 'stringData goes into data, and wins',
      steps: [
        post(secrets, secret('a', { data: { x: 'eA==', y: 'eQ==' }, stringData: { x: 'new' } })),
        merge(`${secrets}/a`, { stringData: { z: 'ü' } }),
      ],
    },
    {
      name: 'data is base64',
      steps: [
        post(secrets, secret('a', { data: { x: '?' } })),
        post(secrets, secret('a', { data: { x: 'eA=' } })),
        post(secrets, secret('a', { data: { x: 'eA' } })),
        post(secrets, secret('a', { data: { x: 'e!A=' } })),
      ],
    },
    {
      name: 'keys of data are those of files',
      steps: [
        post(secrets, secret('a', { data: { 'a b': 'eA==' } })),
        post(configMaps, configMap('a', { data: { 'a/b': 'x' } })),
      ],
    },
    {
      name: 'the type of a Secret cannot be changed',
      steps: [post(secrets, secret('a')), put(`${secrets}/a`, secret('a', { type: 'example.com/b' }))],
    },
    {
      name: 'Secrets of known types have their keys',
      steps: [
        post(secrets, secret('a', { type: 'kubernetes.io/tls', stringData: { 'tls.crt': 'x' } })),
        post(secrets, secret('a', { type: 'kubernetes.io/basic-auth' })),
        post(secrets, secret('b', { type: 'kubernetes.io/basic-auth', stringData: { username: 'me' } })),
        post(secrets, secret('a', { type: 'kubernetes.io/ssh-auth' })),
      ],
    },
    {
      name: 'an immutable Secret stays as it is',
      steps: [
        post(secrets, secret('a', { stringData: { x: '1' }, immutable: true })),
        merge(`${secrets}/a`, { stringData: { x: '2' } }),
        merge(`${secrets}/a`, { immutable: false }),
        merge(`${secrets}/a`, { metadata: { labels: { a: 'b' } } }),
        remove(`${secrets}/a`),
      ],
    },
    { name: 'a Secret holds a mebibyte', steps: [post(secrets, secret('a', { stringData: { x: big } }))] },
    { name: 'a ConfigMap holds a mebibyte', steps: [post(configMaps, configMap('a', { data: { x: big } }))] },
    {
      name: 'a body has at most three mebibytes',
      steps: [post(configMaps, configMap('a', { data: { x: big + big + big } }))],
    },
    {
      name: 'a ConfigMap holds binary data',
      steps: [
        post(configMaps, configMap('a', { binaryData: { x: '/w==' } })),
        post(configMaps, configMap('b', { binaryData: { x: '?' } })),
      ],
    },
    {
      name: 'a key is in data or in binary data',
      steps: [post(configMaps, configMap('a', { data: { x: '1' }, binaryData: { x: 'eA==' } }))],
    },
    {
      name: 'an immutable ConfigMap stays as it is',
      steps: [
        post(configMaps, configMap('a', { data: { x: '1' }, immutable: true })),
        merge(`${configMaps}/a`, { data: { x: '2' } }),
        merge(`${configMaps}/a`, { binaryData: { y: 'eA==' } }),
        merge(`${configMaps}/a`, { metadata: { labels: { a: 'b' } } }),
      ],
    },
    {
      name: 'empty data is left out',
      steps: [post(configMaps, configMap('a', { data: {} })), post(secrets, secret('a', { data: {}, stringData: {} }))],
    },
    {
      name: 'an Event says what it is about, and when',
      steps: [
        post(events, event('a')),
        post(
          events,
          event('b', {
            firstTimestamp: '2026-01-01T00:00:00Z',
            lastTimestamp: '2026-01-02T00:00:00Z',
            count: 2,
            source: { component: 'operator' },
          }),
        ),
        get(`${events}/b`),
      ],
    },
    {
      name: 'an Event of the new style says who reports',
      steps: [
        post(
          events,
          event('a', {
            eventTime: '2026-01-01T00:00:00.000001Z',
            reportingComponent: 'example.com/operator',
            reportingInstance: 'one',
            action: 'Looking',
          }),
        ),
      ],
    },
    {
      name: 'an Event lies in the namespace of what it is about',
      steps: [
        post(events, event('a', { involvedObject: { kind: 'Pod', name: 'x', namespace: 'default' } })),
        post(events, event('a', { involvedObject: { kind: 'Node', name: 'x' } })),
      ],
    },
    {
      name: 'Events are served by their own group too',
      steps: [post(events, event('a')), get('/apis/events.k8s.io/v1/namespaces/$(ns)/events/a')],
    },
    {
      name: 'an Event that comes again is patched',
      steps: [
        post(events, event('a', { count: 1 })),
        merge(`${events}/a`, { count: 2, lastTimestamp: '2026-01-02T00:00:00Z' }),
      ],
    },
    {
      name: 'a Pod needs containers',
      steps: [
        post(serviceAccounts, serviceAccount('app')),
        post(pods, { ...pod('a', 'app'), spec: { ...account } }),
        post(pods, { ...pod('a', 'app'), spec: { ...account, containers: [] } }),
      ],
    },
    {
      name: 'a Deployment needs a selector and containers',
      steps: [
        post(deployments, { metadata: { name: 'a' }, spec: { selector: { matchLabels: { app: 'web' } }, template } }),
        post(deployments, { metadata: { name: 'a' }, spec: { template: { ...template, spec: { containers } } } }),
        post(deployments, {
          metadata: { name: 'a' },
          spec: { selector: {}, template: { ...template, spec: { containers } } },
        }),
      ],
    },
    {
      name: 'a binding needs a role',
      steps: [
        post(roleBindings, { metadata: { name: 'a' } }),
        post(roleBindings, { metadata: { name: 'a' }, roleRef: { kind: 'Role' } }),
        post(roleBindings, { metadata: { name: 'a' }, roleRef: { kind: 'Secret', name: 'x' } }),
        post(clusterRoleBindings, { metadata: { name: '$(ns)' }, roleRef: { kind: 'Role', name: 'x' } }),
      ],
    },
  ],
};
