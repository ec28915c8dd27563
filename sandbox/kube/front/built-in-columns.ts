import { asArray, asObject, asString, dig, entries, isObject, type Json } from '../engine/json.ts';
import { openApiSchemas } from '../engine/kinds/built-in-schemas.ts';
import type { KubeObject } from '../engine/object.ts';
import type { ResourceDefinition } from '../engine/resource.ts';
import { age, type Column, pathColumn } from './columns.ts';
import { evaluate } from './json-path.ts';

/** `core.v1.Secret type`: what the API says of a member. */
function doc(member: string): string {
  const [schema = '', name = ''] = member.split(' ');
  const root = schema.startsWith('meta.') ? 'io.k8s.apimachinery.pkg.apis' : 'io.k8s.api';
  return asString(dig(openApiSchemas[`${root}.${schema}`], 'properties', name, 'description'));
}

/** A column with a text of its own, or that of a member of the API (`core.v1.Secret type`). */
function column(name: string, description: string, cell: Column['cell'], priority = 0): Column {
  const text = /^[a-z]+\.v1\.\w+ \w+$/.test(description) ? doc(description) : description;
  return { name, type: 'string', format: '', description: text, priority, cell };
}

function first(object: Json, ...paths: string[]): Json {
  return paths.flatMap((path) => evaluate(object, path)).find((value) => value !== null && value !== '') ?? '';
}

function path(jsonPath: string, absent: Json = ''): Column['cell'] {
  return (object) => first(object, jsonPath) || absent;
}

function names(jsonPath: string): Column['cell'] {
  return (object) => evaluate(object, jsonPath).map(String).join(',');
}

const nameColumn: Column = { ...column('Name', 'meta.v1.ObjectMeta name', path('.metadata.name')), format: 'name' };
const ageColumn = column('Age', 'meta.v1.ObjectMeta creationTimestamp', ({ metadata }, now) =>
  age(metadata.creationTimestamp, now),
);
const createdAtColumn: Column = {
  ...column('Created At', 'meta.v1.ObjectMeta creationTimestamp', path('.metadata.creationTimestamp')),
  type: 'date',
};

function podStatus(pod: KubeObject): Json {
  return pod.metadata.deletionTimestamp ? 'Terminating' : first(pod, '.status.reason', '.status.phase');
}

function readyContainers(pod: KubeObject): string {
  const ready = evaluate(pod, '.status.containerStatuses[*].ready').filter((value) => value === true);
  return `${ready.length}/${asArray(asObject(pod.spec).containers).length}`;
}

function restarts(pod: KubeObject): string {
  const counts = evaluate(pod, '.status.containerStatuses[*].restartCount').map(Number);
  return String(counts.reduce((sum, count) => sum + count, 0));
}

function involved(event: KubeObject): string {
  const kind = asString(first(event, '.involvedObject.kind')).toLowerCase();
  return `${kind}/${first(event, '.involvedObject.name')}`;
}

function lastSeen(event: KubeObject, now: number): string {
  const last = first(event, '.series.lastObservedTime', '.lastTimestamp', '.firstTimestamp', '.eventTime');
  return age(last, now);
}

function eventSource(event: KubeObject): Json {
  const component = first(event, '.source.component', '.reportingComponent');
  const host = first(event, '.source.host', '.reportingInstance');
  return host === '' ? component : `${component}, ${host}`;
}

function subjects(kind: string): Column['cell'] {
  return (binding) => {
    const found = asArray(binding.subjects).filter((subject) => dig(subject, 'kind') === kind);
    const name = (subject: Json) => asString(dig(subject, 'name'));
    const shown = kind === 'ServiceAccount' ? (s: Json) => `${asString(dig(s, 'namespace'))}/${name(s)}` : name;
    return found.map(shown).join(', ');
  };
}

function bindingColumns(kind: string): Column[] {
  const noun = `${kind.charAt(0).toLowerCase()}${kind.slice(1)}`;
  const role: Column['cell'] = (binding) => `${first(binding, '.roleRef.kind')}/${first(binding, '.roleRef.name')}`;
  return [
    nameColumn,
    column('Role', doc(`rbac.v1.${kind} roleRef`).replace(' This field is immutable.', ''), role),
    ageColumn,
    column('Users', `Users in the ${noun}`, subjects('User'), 1),
    column('Groups', `Groups in the ${noun}`, subjects('Group'), 1),
    column('ServiceAccounts', `ServiceAccounts in the ${noun}`, subjects('ServiceAccount'), 1),
  ];
}

function selector(deployment: KubeObject): Json {
  const labels = entries(asObject(dig(deployment, 'spec', 'selector', 'matchLabels')));
  return labels
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',');
}

function dataSize({ data, binaryData }: KubeObject): Json {
  return Object.keys(asObject(data)).length + Object.keys(asObject(binaryData)).length;
}

const readinessGates: Column['cell'] = (pod) => {
  const gates = evaluate(pod, '.spec.readinessGates[*].conditionType');
  if (gates.length === 0) return '<none>';
  const conditions = asArray(dig(pod, 'status', 'conditions')).filter(isObject);
  const met = gates.filter((gate) => conditions.some(({ type, status }) => type === gate && status === 'True'));
  return `${met.length}/${gates.length}`;
};

const deploymentStatus = 'apps.v1.DeploymentStatus';
const builtIn: { [kind: string]: Column[] } = {
  Namespace: [nameColumn, column('Status', 'The status of the namespace', path('.status.phase')), ageColumn],
  Secret: [
    nameColumn,
    column('Type', 'core.v1.Secret type', path('.type')),
    column('Data', 'core.v1.Secret data', dataSize),
    ageColumn,
  ],
  ConfigMap: [nameColumn, column('Data', 'core.v1.ConfigMap data', dataSize), ageColumn],
  ServiceAccount: [nameColumn, ageColumn],
  Pod: [
    nameColumn,
    column('Ready', 'The aggregate readiness state of this pod for accepting traffic.', readyContainers),
    column('Status', 'The aggregate status of the containers in this pod.', podStatus),
    column(
      'Restarts',
      'The number of times the containers in this pod have been restarted and when the last container in this pod has restarted.',
      restarts,
    ),
    ageColumn,
    column('IP', 'core.v1.PodStatus podIP', path('.status.podIPs[0].ip', '<none>'), 1),
    column('Node', 'core.v1.PodSpec nodeName', path('.spec.nodeName', '<none>'), 1),
    column('Nominated Node', 'core.v1.PodStatus nominatedNodeName', path('.status.nominatedNodeName', '<none>'), 1),
    column('Readiness Gates', 'core.v1.PodSpec readinessGates', readinessGates, 1),
  ],
  Event: [
    column('Last Seen', 'The time at which the most recent occurrence of this event was recorded.', lastSeen),
    column('Type', 'core.v1.Event type', path('.type')),
    column('Reason', 'core.v1.Event reason', path('.reason')),
    column('Object', 'The object that this event is about.', involved),
    column('Subobject', 'core.v1.ObjectReference fieldPath', path('.involvedObject.fieldPath'), 1),
    column(
      'Source',
      'The component reporting this event. Should be a short machine understandable string.',
      eventSource,
      1,
    ),
    column('Message', 'core.v1.Event message', ({ message }) => asString(message).trim()),
    column(
      'First Seen',
      'core.v1.Event firstTimestamp',
      (event, now) => age(first(event, '.firstTimestamp', '.eventTime'), now),
      1,
    ),
    column('Count', 'core.v1.Event count', (event) => first(event, '.series.count', '.count') || 1, 1),
    { ...nameColumn, priority: 1 },
  ],
  Lease: [
    nameColumn,
    column('Holder', 'coordination.v1.LeaseSpec holderIdentity', path('.spec.holderIdentity')),
    ageColumn,
  ],
  Deployment: [
    nameColumn,
    column(
      'Ready',
      'Number of the pod with ready state',
      (d) => `${first(d, '.status.readyReplicas') || 0}/${first(d, '.spec.replicas') || 0}`,
    ),
    column('Up-to-date', `${deploymentStatus} updatedReplicas`, path('.status.updatedReplicas', 0)),
    column('Available', `${deploymentStatus} availableReplicas`, path('.status.availableReplicas', 0)),
    ageColumn,
    column(
      'Containers',
      'Names of each container in the template.',
      names('.spec.template.spec.containers[*].name'),
      1,
    ),
    column(
      'Images',
      'Images referenced by each container in the template.',
      names('.spec.template.spec.containers[*].image'),
      1,
    ),
    column('Selector', 'apps.v1.DeploymentSpec selector', selector, 1),
  ],
  RoleBinding: bindingColumns('RoleBinding'),
  ClusterRoleBinding: bindingColumns('ClusterRoleBinding'),
};

/** The columns of a resource: those of its CustomResourceDefinition, built-in ones, or name and time. */
export function columnsOf({ custom, columns, kind }: ResourceDefinition): Column[] {
  if (!custom) return builtIn[kind] ?? [nameColumn, createdAtColumn];
  return [nameColumn, ...(columns.length > 0 ? columns.map(pathColumn) : [{ ...ageColumn, type: 'date' }])];
}
