import { asArray, asObject, type Json } from '../engine/json.ts';
import type { KubeObject } from '../engine/object.ts';
import type { ResourceDefinition } from '../engine/resource.ts';
import { evaluate } from './json-path.ts';

/** One table column and how its cell is made; priority above 0 shows with `-o wide` only. */
export interface Column {
  name: string;
  type: string;
  priority: number;
  cell: (object: KubeObject, now: number) => Json;
}

const units = { y: 365 * 86_400, d: 86_400, h: 3600, m: 60, s: 1 };
/** Up to so many seconds a duration shows this unit, and with `minor` the one below as well. */
const steps: { below: number; unit: keyof typeof units; minor?: keyof typeof units }[] = [
  { below: 120, unit: 's' },
  { below: 600, unit: 'm', minor: 's' },
  { below: 3 * 3600, unit: 'm' },
  { below: 8 * 3600, unit: 'h', minor: 'm' },
  { below: 48 * 3600, unit: 'h' },
  { below: 8 * 86_400, unit: 'd', minor: 'h' },
  { below: 2 * 365 * 86_400, unit: 'd' },
  { below: 8 * 365 * 86_400, unit: 'y', minor: 'd' },
];

/** A duration as kubectl prints it: `42s`, `3m20s`, `5h`, `2d`. */
function humanDuration(seconds: number): string {
  if (seconds < -1) return '<invalid>';
  const whole = Math.max(0, Math.floor(seconds));
  const { unit, minor } = steps.find(({ below }) => whole < below) ?? { unit: 'y' as const };
  const rest = minor ? Math.floor((whole % units[unit]) / units[minor]) : 0;
  return `${Math.floor(whole / units[unit])}${unit}${rest > 0 ? `${rest}${minor}` : ''}`;
}

function age(value: Json | undefined, now: number): string {
  if (typeof value !== 'string') return '<unknown>';
  const at = Date.parse(value);
  return Number.isNaN(at) ? '<invalid>' : humanDuration((now - at) / 1000);
}

function at(name: string, path: string, type = 'string', priority = 0): Column {
  const cell = (object: KubeObject, now: number): Json => {
    const values = evaluate(object, path);
    if (values.length === 0) return null;
    if (type === 'date') return age(values[0], now);
    if (values.length > 1) return values.map(String).join(',');
    return typeof values[0] === 'object' ? JSON.stringify(values[0]) : (values[0] ?? null);
  };
  return { name, type, priority, cell };
}

function made(name: string, cell: Column['cell'], priority = 0): Column {
  return { name, type: 'string', priority, cell };
}

const nameColumn = at('Name', '.metadata.name');
const ageColumn = made('Age', ({ metadata }, now) => age(metadata.creationTimestamp, now));
const dataColumn = made('Data', ({ data }) => Object.keys(asObject(data)).length);

function first(object: KubeObject, ...paths: string[]): Json {
  return paths.flatMap((path) => evaluate(object, path)).find((value) => value !== null && value !== '') ?? '';
}

function podStatus(pod: KubeObject): Json {
  return pod.metadata.deletionTimestamp ? 'Terminating' : first(pod, '.status.reason', '.status.phase');
}

function readyContainers(pod: KubeObject): string {
  const ready = evaluate(pod, '.status.containerStatuses[*].ready').filter((value) => value === true);
  return `${ready.length}/${asArray(asObject(pod.spec).containers).length}`;
}

function involved(event: KubeObject): string {
  return `${first(event, '.involvedObject.kind')}/${first(event, '.involvedObject.name')}`.toLowerCase();
}

function lastSeen(event: KubeObject, now: number): string {
  const last = first(event, '.series.lastObservedTime', '.lastTimestamp', '.eventTime', '.metadata.creationTimestamp');
  return age(last, now);
}

const builtIn: { [kind: string]: Column[] } = {
  Namespace: [nameColumn, at('Status', '.status.phase'), ageColumn],
  Secret: [nameColumn, at('Type', '.type'), dataColumn, ageColumn],
  ConfigMap: [nameColumn, dataColumn, ageColumn],
  ServiceAccount: [nameColumn, made('Secrets', ({ secrets }) => asArray(secrets).length), ageColumn],
  Pod: [
    nameColumn,
    made('Ready', readyContainers),
    made('Status', podStatus),
    made('Restarts', (pod) => Number(first(pod, '.status.containerStatuses[0].restartCount'))),
    ageColumn,
    made('IP', (pod) => first(pod, '.status.podIP') || '<none>', 1),
    made('Node', (pod) => first(pod, '.spec.nodeName') || '<none>', 1),
  ],
  Event: [
    made('Last Seen', lastSeen),
    at('Type', '.type'),
    at('Reason', '.reason'),
    made('Object', involved),
    made('Source', (event) => first(event, '.source.component', '.reportingComponent'), 1),
    made('Message', ({ message }) => (typeof message === 'string' ? message.trim() : '')),
    made('Count', (event) => first(event, '.series.count', '.count') || 1, 1),
    { ...nameColumn, priority: 1 },
  ],
  Lease: [nameColumn, at('Holder', '.spec.holderIdentity'), ageColumn],
  Deployment: [
    nameColumn,
    made('Ready', (d) => `${first(d, '.status.readyReplicas') || 0}/${first(d, '.spec.replicas') || 1}`),
    made('Up-to-date', (d) => first(d, '.status.updatedReplicas') || 0),
    made('Available', (d) => first(d, '.status.availableReplicas') || 0),
    ageColumn,
  ],
  RoleBinding: [
    nameColumn,
    made('Role', (b) => `${first(b, '.roleRef.kind')}/${first(b, '.roleRef.name')}`),
    ageColumn,
  ],
  CustomResourceDefinition: [nameColumn, at('Created At', '.metadata.creationTimestamp')],
};

/** The columns of a resource: those of its CustomResourceDefinition, built-in ones, or name and age. */
export function columnsOf(definition: ResourceDefinition): Column[] {
  if (definition.columns.length === 0)
    return (!definition.custom && builtIn[definition.kind]) || [nameColumn, ageColumn];
  const own = definition.columns.map(({ name, jsonPath, type, priority = 0 }) => at(name, jsonPath, type, priority));
  return [nameColumn, ...own];
}
