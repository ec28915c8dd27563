import { asObject, isObject, type Json, type JsonObject } from '../../../sandbox/kube/engine/json.ts';

const prefix = '#/components/schemas/';
const groups = [
  'api/v1',
  ...['apps', 'authentication.k8s.io', 'authorization.k8s.io', 'autoscaling', 'coordination.k8s.io'].map(
    (group) => `apis/${group}/v1`,
  ),
  'apis/rbac.authorization.k8s.io/v1',
];
const core = ['ConfigMap', 'Event', 'LimitRange', 'Namespace', 'ResourceQuota', 'Secret', 'ServiceAccount'];
const rbac = ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'];
/** The kinds that the sandbox explains word by word. */
const explained = [
  ...core.map((kind) => `io.k8s.api.core.v1.${kind}`),
  ...rbac.map((kind) => `io.k8s.api.rbac.v1.${kind}`),
  'io.k8s.api.coordination.v1.Lease',
  'io.k8s.api.authentication.v1.SelfSubjectReview',
  'io.k8s.api.authentication.v1.TokenRequest',
  'io.k8s.api.authentication.v1.TokenReview',
  'io.k8s.api.authorization.v1.SelfSubjectAccessReview',
  'io.k8s.api.authorization.v1.SubjectAccessReview',
];
/** Kinds whose shape it knows; their descriptions would be three quarters of the file. */
const shaped = ['io.k8s.api.apps.v1.Deployment', 'io.k8s.api.core.v1.Pod', 'io.k8s.api.autoscaling.v1.Scale'];
/** What of their descriptions is kept: the first two levels, which tables quote. */
const outlined = shaped.flatMap((name) => [name, `${name}Spec`, `${name}Status`]);

function references(value: Json | undefined): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (!isObject(value)) return [];
  const { $ref } = value;
  const own = typeof $ref === 'string' ? [$ref.slice(prefix.length)] : [];
  return [...own, ...Object.values(value).flatMap(references)];
}

/** The named schemas and all that they refer to. */
function closure(all: JsonObject, roots: readonly string[]): Set<string> {
  const found = new Set<string>(roots);
  for (const name of found) for (const next of references(all[name])) found.add(next);
  return found;
}

function withoutDescriptions(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => withoutDescriptions(item) ?? null);
  if (!isObject(value)) return value;
  const members = Object.entries(value).filter(([name, member]) => name !== 'description' || isObject(member));
  return Object.fromEntries(members.map(([name, member]) => [name, withoutDescriptions(member)]));
}

/**
 * The schemas of the built-in kinds that the sandbox serves, as the text of its file: one a line.
 * @param read gets a document of the API server, for instance `/openapi/v3/api/v1`
 */
export async function builtInSchemas(read: (path: string) => Promise<Json>): Promise<string> {
  const documents = await Promise.all(groups.map((group) => read(`/openapi/v3/${group}`)));
  const all: JsonObject = {};
  for (const document of documents) {
    const components = asObject(asObject(document).components);
    Object.assign(all, asObject(components.schemas));
  }
  const described = closure(all, explained);
  const names = [...closure(all, [...explained, ...shaped])].sort();
  const lines = names.map((name) => {
    const schema = described.has(name) || outlined.includes(name) ? all[name] : withoutDescriptions(all[name]);
    return `  ${JSON.stringify(name)}: ${JSON.stringify(schema)}`;
  });
  return `{\n${lines.join(',\n')}\n}\n`;
}
