import { type FieldError, invalid, notSupported, required } from '../field-error.ts';
import { asArray, asObject, asString, dig, entries, equal, isObject } from '../json.ts';
import type { KubeObject } from '../object.ts';
import { defineResource, type ResourceDefinition } from '../resource.ts';
import { badRequest } from '../status.ts';
import { microTimeError, microTimeInUtc } from './micro-time.ts';
import { completeDeployment } from './workload-defaults.ts';

/** Go writes times in UTC. Throws 400 for what is no time with microseconds. */
function completeLease({ spec: given }: KubeObject): void {
  const spec = asObject(given);
  for (const name of ['acquireTime', 'renewTime']) {
    const value = asString(spec[name]);
    if (value === '') continue;
    const why = microTimeError(value);
    if (why !== undefined) throw badRequest(`Lease in version "v1" cannot be handled as a Lease: ${why}`);
    spec[name] = microTimeInUtc(value);
  }
}

function checkLease(lease: KubeObject): FieldError[] {
  const { leaseDurationSeconds: duration, leaseTransitions: transitions } = asObject(lease.spec);
  const errors: FieldError[] = [];
  const positive = 'must be greater than 0';
  if (typeof duration === 'number' && duration <= 0)
    errors.push(invalid('spec.leaseDurationSeconds', duration, positive));
  if (typeof transitions === 'number' && transitions < 0) {
    errors.push(invalid('spec.leaseTransitions', transitions, 'must be greater than or equal to 0'));
  }
  return errors;
}

function checkDeployment(deployment: KubeObject, old: KubeObject | undefined): FieldError[] {
  const selector = dig(deployment, 'spec', 'selector');
  const labels = dig(deployment, 'spec', 'template', 'metadata', 'labels') ?? null;
  const wanted = entries(asObject(dig(selector, 'matchLabels')));
  const errors: FieldError[] = isObject(selector) ? [] : [required('spec.selector')];
  if (isObject(selector) && Object.keys(selector).length === 0) {
    errors.push(invalid('spec.selector', {}, 'empty selector is invalid for deployment'));
  }
  if (asArray(dig(deployment, 'spec', 'template', 'spec', 'containers')).length === 0) {
    errors.push(required('spec.template.spec.containers'));
  }
  if (!isObject(selector) || wanted.some(([key, value]) => asObject(labels)[key] !== value)) {
    errors.push(invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  }
  const isChanged = old !== undefined && !equal(selector, dig(old, 'spec', 'selector'));
  return isChanged ? [...errors, invalid('spec.selector', selector ?? null, 'field is immutable')] : errors;
}

function checkRoleRef({ kind, roleRef }: KubeObject): FieldError[] {
  const roles = kind === 'RoleBinding' ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  const of = asString(dig(roleRef, 'kind'));
  const errors = roles.includes(of) ? [] : [notSupported('roleRef.kind', of, roles)];
  return asString(dig(roleRef, 'name')) === '' ? [...errors, required('roleRef.name')] : errors;
}

function checkBinding(binding: KubeObject, old: KubeObject | undefined): FieldError[] {
  if (old === undefined) return checkRoleRef(binding);
  if (equal(binding.roleRef, old.roleRef)) return [];
  const { apiGroup = '', kind = '', name = '' } = asObject(binding.roleRef);
  return [invalid('roleRef', { APIGroup: apiGroup, Kind: kind, Name: name }, 'cannot change roleRef')];
}

/** roleRef and subjects mean this group where they name none. */
function completeBinding(binding: KubeObject): void {
  const group = 'rbac.authorization.k8s.io';
  if (isObject(binding.roleRef)) binding.roleRef.apiGroup ||= group;
  for (const subject of asArray(binding.subjects).filter(isObject)) {
    if (subject.kind !== 'ServiceAccount') subject.apiGroup ||= group;
  }
}

function completeRole(role: KubeObject): void {
  role.rules ??= null;
}

function rbac(resource: string, kind: string, namespaced: boolean): ResourceDefinition {
  const group = 'rbac.authorization.k8s.io';
  const rules = kind.endsWith('Binding')
    ? { complete: completeBinding, check: checkBinding }
    : { complete: completeRole };
  return defineResource({ group, version: 'v1', resource, kind, namespaced, nameRule: 'path', ...rules });
}

function review(group: string, resource: string, kind: string): ResourceDefinition {
  return defineResource({ group, version: 'v1', resource, kind, namespaced: false, stored: false });
}

/** The resources of the named API groups that the operator and kubectl use. */
export const groupResources: ResourceDefinition[] = [
  defineResource({
    group: 'apps',
    version: 'v1',
    resource: 'deployments',
    kind: 'Deployment',
    shortNames: ['deploy'],
    categories: ['all'],
    subresources: ['status', 'scale'],
    counted: true,
    complete: completeDeployment,
    check: checkDeployment,
  }),
  // Data only, so that a Deployment can be described.
  defineResource({ group: 'apps', version: 'v1', resource: 'replicasets', kind: 'ReplicaSet', shortNames: ['rs'] }),
  defineResource({
    group: 'coordination.k8s.io',
    version: 'v1',
    resource: 'leases',
    kind: 'Lease',
    unconditionalUpdate: false,
    createOnUpdate: true,
    complete: completeLease,
    check: checkLease,
  }),
  rbac('roles', 'Role', true),
  rbac('rolebindings', 'RoleBinding', true),
  rbac('clusterroles', 'ClusterRole', false),
  rbac('clusterrolebindings', 'ClusterRoleBinding', false),
  review('authentication.k8s.io', 'selfsubjectreviews', 'SelfSubjectReview'),
  review('authentication.k8s.io', 'tokenreviews', 'TokenReview'),
  review('authorization.k8s.io', 'subjectaccessreviews', 'SubjectAccessReview'),
  review('authorization.k8s.io', 'selfsubjectaccessreviews', 'SelfSubjectAccessReview'),
];
