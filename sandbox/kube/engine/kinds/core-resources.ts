import { type FieldError, invalid, required } from '../field-error.ts';
import { asArray, asObject, asString, dig } from '../json.ts';
import type { KubeObject } from '../object.ts';
import { defineResource, type ResourceDefinition } from '../resource.ts';
import { checkConfigMap, checkSecret, completeConfigMap, completeSecret } from './data-objects.ts';

function completePod(pod: KubeObject, old: KubeObject | undefined): void {
  const spec = asObject(pod.spec);
  spec.serviceAccountName ??= spec.serviceAccount ?? 'default';
  pod.spec = spec;
  if (!old) pod.status = { phase: 'Pending', qosClass: 'BestEffort' };
}

function checkPod(pod: KubeObject): FieldError[] {
  return asArray(dig(pod, 'spec', 'containers')).length === 0 ? [required('spec.containers')] : [];
}

function checkEvent(event: KubeObject): FieldError[] {
  const namespace = asString(dig(event, 'involvedObject', 'namespace'));
  const { namespace: own = '' } = event.metadata;
  // What is about the cluster lies where the cluster's own things are.
  if (namespace === own || (namespace === '' && ['default', 'kube-system'].includes(own))) return [];
  return [invalid('involvedObject.namespace', namespace, 'does not match event.namespace')];
}

function completeNamespace(namespace: KubeObject, old: KubeObject | undefined): void {
  const { metadata } = namespace;
  metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
  namespace.spec = { finalizers: ['kubernetes'], ...asObject(namespace.spec) };
  if (!old) namespace.status = { phase: 'Active' };
}

const objectReference = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];
const core = { group: '', version: 'v1' };

/** The core/v1 resources. Pods are data: nothing schedules or runs them. */
export const coreResources: ResourceDefinition[] = [
  defineResource({
    ...core,
    resource: 'namespaces',
    kind: 'Namespace',
    shortNames: ['ns'],
    namespaced: false,
    nameRule: 'label',
    subresources: ['status'],
    returnsDeleted: true,
    fieldSelectors: ['status.phase'],
    complete: completeNamespace,
  }),
  defineResource({
    ...core,
    resource: 'secrets',
    kind: 'Secret',
    fieldSelectors: ['type'],
    complete: completeSecret,
    check: checkSecret,
  }),
  defineResource({
    ...core,
    resource: 'configmaps',
    kind: 'ConfigMap',
    shortNames: ['cm'],
    complete: completeConfigMap,
    check: checkConfigMap,
  }),
  defineResource({
    ...core,
    resource: 'serviceaccounts',
    kind: 'ServiceAccount',
    shortNames: ['sa'],
    subresources: ['token'],
    returnsDeleted: true,
  }),
  defineResource({
    ...core,
    resource: 'pods',
    kind: 'Pod',
    shortNames: ['po'],
    categories: ['all'],
    subresources: ['status'],
    counted: true,
    returnsDeleted: true,
    fieldSelectors: ['spec.serviceAccountName', 'spec.nodeName', 'spec.restartPolicy', 'status.phase', 'status.podIP'],
    complete: completePod,
    check: checkPod,
  }),
  defineResource({
    ...core,
    resource: 'events',
    kind: 'Event',
    shortNames: ['ev'],
    fieldSelectors: [
      'reason',
      'type',
      'reportingComponent',
      ...objectReference.map((name) => `involvedObject.${name}`),
    ],
    complete: (event) => {
      for (const name of ['eventTime', 'firstTimestamp', 'lastTimestamp']) event[name] ??= null;
    },
    check: checkEvent,
  }),
  // Data only, so that a namespace can be described.
  defineResource({ ...core, resource: 'limitranges', kind: 'LimitRange', shortNames: ['limits'] }),
  defineResource({ ...core, resource: 'resourcequotas', kind: 'ResourceQuota', shortNames: ['quota'] }),
];
