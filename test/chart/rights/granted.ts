import type { ClusterObject } from '../../e2e/world/cluster.ts';

/** One verb on one resource that a role gives. */
export interface Permission {
  /** Of the Role or ClusterRole. */
  readonly role: string;
  /** Where it is bound; undefined: everywhere. */
  readonly namespaces: readonly string[] | undefined;
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  /** Of the only object; undefined: any. */
  readonly name: string | undefined;
}

export interface Account {
  readonly namespace: string;
  readonly name: string;
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}
interface Role extends ClusterObject {
  readonly rules: readonly Rule[];
}
/** A RoleBinding or ClusterRoleBinding. */
export interface Binding extends ClusterObject {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly kind: string; readonly name: string; readonly namespace?: string }[];
}

/**
 * What roles give an account, by objects as a cluster has them or helm renders them. Roles of one name in several namespaces are
 * one template, and so one role.
 */
export function grantedTo({ namespace, name }: Account, objects: readonly ClusterObject[]): readonly Permission[] {
  const bindings = objects.filter((object): object is Binding => object.kind.endsWith('RoleBinding'));
  const own = bindings.filter(({ subjects = [] }) =>
    subjects.some((subject) => subject.name === name && subject.namespace === namespace),
  );
  const byRole = Object.groupBy(own, ({ roleRef }) => `${roleRef.kind} ${roleRef.name}`);
  return Object.entries(byRole).flatMap(([role, bound = []]) => {
    const isEverywhere = bound.some(({ kind }) => kind === 'ClusterRoleBinding');
    const namespaces = bound.map(({ metadata }) => metadata.namespace ?? '');
    return permissionsOf(role, isEverywhere ? undefined : namespaces, rulesOf(objects, role));
  });
}

function rulesOf(objects: readonly ClusterObject[], role: string): readonly Rule[] {
  const found = objects.find(({ kind, metadata }) => `${kind} ${metadata.name}` === role) as Role | undefined;
  if (!found) throw new Error(`${role} is bound and not there`);
  return found.rules;
}

function permissionsOf(role: string, namespaces: Permission['namespaces'], rules: readonly Rule[]): Permission[] {
  return rules.flatMap(({ apiGroups, resources, resourceNames = [undefined], verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        resourceNames.flatMap((name) => verbs.map((verb) => ({ role, namespaces, group, resource, verb, name }))),
      ),
    ),
  );
}
