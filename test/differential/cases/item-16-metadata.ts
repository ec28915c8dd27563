import { lease, secret, widget } from '../../contract/kube-api/widget.ts';
import { get, merge, p0, post } from '../case.ts';
import { configMaps, leases, namespaces, roles, secrets, serviceAccounts, widgets } from './collections.ts';
import { configMap, serviceAccount } from './objects.ts';

const labelled = (labels: { [key: string]: string }) => configMap('a', {}, { labels });
const annotated = (annotations: { [key: string]: string }) => configMap('a', {}, { annotations });

export const item16 = p0(16, 'names, labels, annotations', {
  'a name is a lowercase DNS subdomain': [
    post(secrets, secret('UPPER')),
    post(secrets, secret('under_score')),
    post(secrets, secret('-dash')),
    post(secrets, secret('dots.are.fine')),
    post(widgets, widget('UPPER')),
    post(leases, lease('a/b')),
  ],
  'a name of 253 characters is the longest': [
    post(secrets, secret('n'.repeat(253))),
    post(secrets, secret('n'.repeat(254))),
    post(widgets, widget('n'.repeat(254))),
  ],
  'a namespace is a DNS label': [
    post(namespaces, { metadata: { name: 'a.b' } }),
    post(namespaces, { metadata: { name: 'n'.repeat(64) } }),
  ],
  'a role may have names of paths': [
    post(roles, { metadata: { name: 'system:a' }, rules: [] }),
    post(roles, { metadata: { name: 'a%b' }, rules: [] }),
  ],
  'an object needs a name': [
    post(secrets, { metadata: {} }),
    post(secrets, {}),
    post(widgets, { apiVersion: 'contract.example.com/v1', kind: 'Widget', metadata: {}, spec: { size: 'S' } }),
  ],
  'a name can be generated': [
    post(secrets, { metadata: { generateName: 'made-' } }),
    post(widgets, {
      apiVersion: 'contract.example.com/v1',
      kind: 'Widget',
      metadata: { generateName: 'made-' },
      spec: { size: 'S' },
    }),
    post(secrets, { metadata: { generateName: 'unused-', name: 'a' } }),
  ],
  'a generated name obeys the rules, too': [
    post(secrets, { metadata: { generateName: 'Made-' } }, { part: 'details.causes.0.field' }),
    post(secrets, { metadata: { generateName: 'n'.repeat(260) } }, { part: 'metadata.generateName' }),
  ],
  'a label has a qualified name': [
    post(configMaps, labelled({ '-a': 'x' })),
    post(configMaps, labelled({ 'Bad_Prefix/a': 'x' })),
    post(configMaps, labelled({ 'a/b/c': 'x' })),
    post(configMaps, labelled({ 'example.com/': 'x' })),
    post(configMaps, labelled({ '/a': 'x' })),
    post(configMaps, labelled({ ['n'.repeat(64)]: 'x' })),
  ],
  'a label has a short value': [
    post(configMaps, labelled({ a: 'has space' })),
    post(configMaps, labelled({ a: 'v'.repeat(64) })),
    post(configMaps, labelled({ a: '', b: 'v'.repeat(63), 'example.com/c': 'A.b_c-d' })),
  ],
  'labels of custom resources obey as well': [
    post(widgets, widget('a', {}, { labels: { '-a': 'x', b: 'has space' } })),
    post(widgets, widget('a')),
    merge(`${widgets}/a`, { metadata: { labels: { 'a/b/c': 'x' } } }),
    post(configMaps, configMap('a')),
    merge(`${configMaps}/a`, { metadata: { labels: { 'a/b/c': 'x' }, annotations: { '-a': 'x' } } }),
    post(leases, lease('a')),
    merge(`${leases}/a`, { metadata: { labels: { 'a/b/c': 'x' } } }),
  ],
  'an annotation has a qualified name and any value': [
    post(configMaps, annotated({ '-a': 'x' })),
    post(configMaps, annotated({ 'Example.com/A': 'any text: "quoted",\nlines' })),
  ],
  'annotations have 256 KiB together': [
    post(configMaps, annotated({ a: 'x'.repeat(262_144) })),
    post(widgets, widget('a', {}, { annotations: { a: 'x'.repeat(262_144) } })),
  ],
  'labels and annotations are texts': [
    post(secrets, secret('a', {}, { labels: { a: 1 } })),
    post(secrets, secret('a', {}, { annotations: { a: true } })),
    post(widgets, widget('a', {}, { labels: { a: 1 } })),
    post(widgets, widget('a', {}, { annotations: ['a'] })),
  ],
  'an empty map of labels is none': [
    post(configMaps, configMap('a', {}, { labels: {}, annotations: {}, finalizers: [], ownerReferences: [] })),
    post(widgets, widget('a', {}, { labels: {}, annotations: {}, finalizers: [], ownerReferences: [] })),
  ],
  'an owner is fully named': [
    post(configMaps, configMap('a'), { save: 'owner' }),
    post(
      configMaps,
      configMap(
        'b',
        {},
        { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: '$(owner.metadata.uid)' }] },
      ),
    ),
    post(configMaps, configMap('c', {}, { ownerReferences: [{ kind: 'ConfigMap', name: 'a' }] })),
    post(widgets, widget('c', {}, { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: '' }] })),
  ],
  'a ServiceAccount and a Lease obey as well': [
    post(serviceAccounts, serviceAccount('UPPER')),
    post(leases, lease('UPPER')),
    get(serviceAccounts),
  ],
});
