import { type FieldError, invalid, tooLong } from './field-error.ts';
import { asObject, asString, dig, entries, equal, type Json, type JsonObject } from './json.ts';
import type { KubeObject } from './object.ts';
import { defineResource, type ResourceDefinition } from './resource.ts';
import { badRequest } from './status.ts';

const maxSecretBytes = 1024 * 1024;
const keyRule =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

function keyErrors(object: KubeObject, member: string): FieldError[] {
  const keys = Object.keys(asObject(object[member]));
  return keys.filter((key) => !/^[-._a-zA-Z0-9]+$/.test(key)).map((key) => invalid(`${member}[${key}]`, key, keyRule));
}

function immutability(object: KubeObject, old: KubeObject | undefined, members: string[]): FieldError[] {
  if (old?.immutable !== true) return [];
  const why = 'field is immutable when `immutable` is set';
  const changed = [...members, 'immutable'].filter((member) => !equal(object[member], old[member]));
  return changed.map((member) => ({
    ...invalid(member, '', why),
    message: `Forbidden: ${why}`,
    reason: 'FieldValueForbidden',
  }));
}

function completeSecret(secret: KubeObject): void {
  secret.type ??= 'Opaque';
  const data: JsonObject = { ...asObject(secret.data) };
  for (const [key, value] of Object.entries(data)) {
    if (value === null) data[key] = '';
    else if (
      typeof value !== 'string' ||
      !/^[A-Za-z0-9+/\s]*={0,2}$/.test(value) ||
      value.replace(/\s/g, '').length % 4
    ) {
      throw badRequest('Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 0');
    }
  }
  for (const [key, value] of entries(asObject(secret.stringData))) {
    data[key] = Buffer.from(asString(value)).toString('base64');
  }
  delete secret.stringData;
  if (Object.keys(data).length > 0 || secret.data !== undefined) secret.data = data;
}

function checkSecret(secret: KubeObject, old: KubeObject | undefined): FieldError[] {
  const values = Object.values(asObject(secret.data)).map(asString);
  const size = values.reduce((sum, value) => sum + Buffer.byteLength(value, 'base64'), 0);
  const errors = [...keyErrors(secret, 'data'), ...immutability(secret, old, ['data'])];
  if (size > maxSecretBytes) errors.push(tooLong('data', maxSecretBytes));
  if (old && secret.type !== old.type) errors.push(invalid('type', secret.type ?? null, 'field is immutable'));
  return errors;
}

function completePod(pod: KubeObject, old: KubeObject | undefined): void {
  const spec = asObject(pod.spec);
  spec.serviceAccountName ??= spec.serviceAccount ?? 'default';
  pod.spec = spec;
  if (!old) pod.status = { phase: 'Pending', qosClass: 'BestEffort' };
}

function checkEvent(event: KubeObject): FieldError[] {
  const namespace: Json = dig(event, 'involvedObject', 'namespace') ?? 'default';
  if (namespace === event.metadata.namespace) return [];
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
    check: (object, old) => [...keyErrors(object, 'data'), ...immutability(object, old, ['data', 'binaryData'])],
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
      event.eventTime ??= null;
    },
    check: checkEvent,
  }),
  // Data only, so that a namespace can be described.
  defineResource({ ...core, resource: 'limitranges', kind: 'LimitRange', shortNames: ['limits'] }),
  defineResource({ ...core, resource: 'resourcequotas', kind: 'ResourceQuota', shortNames: ['quota'] }),
];
