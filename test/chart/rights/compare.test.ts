import { describe, expect, test } from 'vitest';
import { requestsOf } from './asked.ts';
import { compareRights } from './compare.ts';
import { grantedTo } from './granted.ts';

const OPERATOR = { namespace: 'home', name: 'operator' };
const SUBJECTS = [{ kind: 'ServiceAccount', ...OPERATOR }];
const RBAC = 'rbac.authorization.k8s.io/v1';

const binding = (kind: string, namespace: string | undefined, roleRef: object, subjects: object[] = SUBJECTS) => ({
  apiVersion: RBAC,
  kind,
  metadata: { name: 'binding', ...(namespace !== undefined && { namespace }) },
  roleRef,
  subjects,
});
const role = (rules: object[]) => ({ apiVersion: RBAC, kind: 'ClusterRole', metadata: { name: 'namespace' }, rules });
const REF = { kind: 'ClusterRole', name: 'namespace' };
const IN_TEAM = binding('RoleBinding', 'team', REF);
const SECRETS = { apiGroups: [''], resources: ['secrets'], verbs: ['get'] };

const entry = (verb: string, objectRef: object, decision = 'allow') =>
  JSON.stringify({
    verb,
    objectRef,
    annotations: {
      'authorization.k8s.io/decision': decision,
      'authorization.k8s.io/reason': 'RBAC: allowed by RoleBinding "binding/team" of ClusterRole "namespace"',
    },
  });
const SECRET = { resource: 'secrets', namespace: 'team', name: 'apio' };

interface Case {
  readonly objects: Parameters<typeof grantedTo>[1];
  readonly log: readonly string[];
  readonly unused?: readonly string[];
  readonly redundant?: readonly string[];
  readonly missing?: readonly string[];
  readonly borrowed?: readonly string[];
}

const CASES: Readonly<Record<string, Case>> = {
  'what is granted and asked for is no matter': {
    objects: [role([SECRETS]), IN_TEAM],
    log: [entry('get', SECRET)],
  },
  'a verb that nobody needs is unused': {
    objects: [role([{ ...SECRETS, verbs: ['get', 'list'] }]), IN_TEAM],
    log: [entry('get', SECRET)],
    unused: ['list secrets of ClusterRole namespace'],
  },
  'a name that nobody asks for is unused': {
    objects: [role([{ ...SECRETS, resourceNames: ['apio', 'vault'] }]), IN_TEAM],
    log: [entry('get', SECRET)],
    unused: ['get secrets vault of ClusterRole namespace'],
  },
  'a name beside any name is redundant': {
    objects: [role([SECRETS, { ...SECRETS, verbs: ['get', 'patch'], resourceNames: ['apio'] }]), IN_TEAM],
    log: [entry('get', SECRET), entry('patch', SECRET)],
    redundant: ['get secrets apio of ClusterRole namespace'],
  },
  'what two rules give is redundant in both': {
    objects: [role([SECRETS, SECRETS]), IN_TEAM],
    log: [entry('get', SECRET)],
    redundant: ['get secrets of ClusterRole namespace'],
  },
  'what holds in a namespace is redundant where the same holds in the cluster, and not the reverse': {
    objects: [
      role([SECRETS]),
      IN_TEAM,
      { ...role([SECRETS]), metadata: { name: 'cluster' } },
      binding('ClusterRoleBinding', undefined, { ...REF, name: 'cluster' }),
    ],
    log: [entry('get', SECRET)],
    redundant: ['get secrets of ClusterRole namespace'],
  },
  'a right on an object is none on its subresource': {
    objects: [role([{ ...SECRETS, resources: ['keystores'], apiGroups: ['a.io'], verbs: ['update'] }]), IN_TEAM],
    log: [
      entry('update', { apiGroup: 'a.io', resource: 'keystores', subresource: 'status', namespace: 'team', name: 's' }),
    ],
    unused: ['update keystores.a.io of ClusterRole namespace'],
    borrowed: ['update keystores/status.a.io s by RoleBinding "binding/team"'],
  },
  'what is refused is missing, and uses nothing': {
    objects: [role([SECRETS]), IN_TEAM],
    log: [entry('get', SECRET, 'forbid')],
    unused: ['get secrets of ClusterRole namespace'],
    missing: ['get secrets apio in team'],
  },
  'what another role allows is borrowed': {
    objects: [],
    log: [entry('get', SECRET)],
    borrowed: ['get secrets apio by RoleBinding "binding/team"'],
  },
  'a binding of another account gives nothing': {
    objects: [role([SECRETS]), binding('RoleBinding', 'team', REF, [{ ...SUBJECTS[0], name: 'somebody' }])],
    log: [],
  },
  'a binding of another namespace does not help': {
    objects: [role([SECRETS]), binding('RoleBinding', 'other', REF)],
    log: [entry('get', SECRET)],
    unused: ['get secrets of ClusterRole namespace'],
    borrowed: ['get secrets apio by RoleBinding "binding/team"'],
  },
  'a binding of the cluster holds everywhere': {
    objects: [role([SECRETS]), binding('ClusterRoleBinding', undefined, REF)],
    log: [entry('get', SECRET)],
  },
};

describe('rights against the audit log', () => {
  test.each(Object.entries(CASES))('%s', (_sentence, { objects, log, ...wanted }) => {
    const rights = compareRights(grantedTo(OPERATOR, objects), requestsOf(`${log.join('\n')}\n{"verb":"ge`));
    expect(rights).toEqual({ unused: [], redundant: [], missing: [], borrowed: [], ...wanted });
  });
});
