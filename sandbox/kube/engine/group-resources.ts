import { type FieldError, invalid } from './field-error.ts';
import { asObject, asString, dig } from './json.ts';
import type { KubeObject } from './object.ts';
import { defineResource, type ResourceDefinition } from './resource.ts';
import type { Schema } from './schema/schema.ts';
import { badRequest } from './status.ts';

const text: Schema = { type: 'string' };
const int: Schema = { type: 'integer' };
const microTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)$/;

function assertMicroTimes(lease: KubeObject): void {
  for (const name of ['acquireTime', 'renewTime']) {
    const value = dig(lease, 'spec', name);
    if (value === undefined || value === null || microTime.test(asString(value))) continue;
    const layout = '2006-01-02T15:04:05.000000Z07:00';
    const why = `parsing time "${asString(value)}" as "${layout}": cannot parse "${asString(value).slice(19)}" as ".000000"`;
    throw badRequest(`Lease in version "v1" cannot be handled as a Lease: ${why}`);
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

const leaseSchema: Schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        holderIdentity: text,
        leaseDurationSeconds: int,
        acquireTime: text,
        renewTime: text,
        leaseTransitions: int,
        strategy: text,
        preferredHolder: text,
      },
    },
  },
};

function rbac(resource: string, kind: string, namespaced: boolean): ResourceDefinition {
  const group = 'rbac.authorization.k8s.io';
  return defineResource({ group, version: 'v1', resource, kind, namespaced, nameRule: 'path' });
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
    subresources: ['status'],
    counted: true,
  }),
  defineResource({
    group: 'coordination.k8s.io',
    version: 'v1',
    resource: 'leases',
    kind: 'Lease',
    unconditionalUpdate: false,
    createOnUpdate: true,
    schema: leaseSchema,
    complete: assertMicroTimes,
    check: checkLease,
  }),
  rbac('roles', 'Role', true),
  rbac('rolebindings', 'RoleBinding', true),
  rbac('clusterroles', 'ClusterRole', false),
  rbac('clusterrolebindings', 'ClusterRoleBinding', false),
  review('authentication.k8s.io', 'tokenreviews', 'TokenReview'),
  review('authorization.k8s.io', 'subjectaccessreviews', 'SubjectAccessReview'),
  review('authorization.k8s.io', 'selfsubjectaccessreviews', 'SelfSubjectAccessReview'),
];
