// The floor: the calls that a rotation cannot do without, those of the budget in docs/performance.md, by a loop that does nothing else. Over
// pooled connections, without a watch, a log, a decision or a check of what comes back beyond its status code. A child process, so that
// its CPU time is its own: reads a FloorTask as JSON from standard input and prints a FloorResult.
import { text } from 'node:stream/consumers';
import { Agent, request } from 'undici';

/** A rotation for the floor: an object whose status is written over, and what it needs beside it. */
export interface FloorRotation {
  readonly namespace: string;
  readonly name: string;
  readonly podName: string;
  readonly podToken: string;
}

/** What the floor is to do, and where. */
export interface FloorTask {
  readonly kube: { readonly url: string; readonly ca: string; readonly token: string };
  /** `tokens`: by namespace. */
  readonly vault: { readonly url: string; readonly tokens: Readonly<Record<string, string>> };
  readonly issuer: { readonly url: string; readonly token: string; readonly organization: string };
  /** Statuses as the operator writes them in one rotation, in order, without the last one. */
  readonly statuses: readonly object[];
  /** A MigrationReport and an Event as the operator writes them. */
  readonly report: KubeBody;
  readonly event: KubeBody;
  readonly rotations: readonly FloorRotation[];
  readonly concurrency: number;
  /** Makes names and idempotency keys of this run its own. */
  readonly run: string;
}

/** As much of an object as has to be changed before it is sent. */
export interface KubeBody {
  readonly metadata: { readonly name: string };
}

/** What the floor took. */
export interface FloorResult {
  readonly seconds: number;
  /** Of this process, user and system, from the first call to the last. */
  readonly cpuSeconds: number;
}

const JSON_BODY = { 'content-type': 'application/json' };
const GROUP = '/apis/apikeyrotation.io/v1alpha1';

async function main(task: FloorTask): Promise<FloorResult> {
  const agents = [new Agent({ connect: { ca: task.kube.ca } }), new Agent(), new Agent()] as const;
  const [kube, vault, issuer] = [
    caller(agents[0], task.kube.url, { authorization: `Bearer ${task.kube.token}` }),
    caller(agents[1], task.vault.url, {}),
    caller(agents[2], task.issuer.url, { authorization: `Bearer ${task.issuer.token}` }),
  ];
  // As the operator has them from its watch, before anything is due.
  const objects = new Map<FloorRotation, Answer>();
  for (const rotation of task.rotations) objects.set(rotation, await kube('GET', pathOf(rotation)));
  const left = objects.entries();
  const lane = async () => {
    for (const [rotation, object] of left) await rotate(task, rotation, object, { kube, vault, issuer });
  };
  const [started, before] = [performance.now(), process.cpuUsage()];
  await Promise.all(Array.from({ length: task.concurrency }, lane));
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - started) / 1_000;
  await Promise.all(agents.map((agent) => agent.close()));
  return { seconds, cpuSeconds: (user + system) / 1e6 };
}

type Call = (method: 'GET' | 'POST' | 'PUT', path: string, body?: object, headers?: object) => Promise<Answer>;

/** As much as the floor reads of what comes back. */
interface Answer {
  readonly status?: object;
  readonly metadata?: { readonly resourceVersion?: string; readonly managedFields?: unknown };
  readonly id?: string;
  readonly key?: string;
}

function caller(dispatcher: Agent, base: string, common: Readonly<Record<string, string>>): Call {
  return async (method, path, body, headers = {}) => {
    const answer = await request(base + path, {
      dispatcher,
      method,
      headers: { ...common, ...JSON_BODY, ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    const told = await answer.body.json();
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${JSON.stringify(told)}`);
    return told as Answer;
  };
}

function pathOf({ namespace, name }: FloorRotation): string {
  return `${GROUP}/namespaces/${namespace}/apikeyrotations/${name}`;
}

/** Without what a write need not carry. */
function lean({ metadata: { managedFields, ...metadata } = {}, ...rest }: Answer): Answer {
  return { ...rest, metadata };
}

/** Before the first write there is nothing to read. */
function absent(error: Error): void {
  if (!error.message.includes(': 404 ')) throw error;
}

interface Callers {
  readonly kube: Call;
  readonly vault: Call;
  readonly issuer: Call;
}

/** One whole rotation, call by call. */
async function rotate(
  task: FloorTask,
  rotation: FloorRotation,
  { status: atRest, ...found }: Answer,
  { kube, vault, issuer }: Callers,
): Promise<void> {
  const { namespace, name, podName, podToken } = rotation;
  // Beside the operator's own, which has to find what it left.
  const data = `/v1/secret/data/${namespace}/floor-${name}`;
  const attempt = `${task.run}-${namespace}-${name}`;
  let object: Answer = found;
  const write = async (status: object | undefined) => {
    object = await kube('PUT', `${pathOf(rotation)}/status`, { ...lean(object), status });
  };
  const atVault = (method: 'GET' | 'POST', body?: object) =>
    vault(method, data, body, { 'x-vault-token': task.vault.tokens[namespace] });
  const event = (reason: string) =>
    kube('POST', `/api/v1/namespaces/${namespace}/events`, {
      ...task.event,
      metadata: { name: `${attempt}-${reason}`, namespace },
      involvedObject: { kind: 'ApiKeyRotation', namespace, name },
      reason,
    });

  await issuer('GET', `/v1/api-keys?labelPrefix=${attempt}&limit=100`);
  await write(task.statuses[0]);
  const { organization } = task.issuer;
  const wish = { organization, environment: 'Live', permissions: ['payments:read'], label: attempt };
  const issued = await issuer('POST', '/v1/api-keys', wish, { 'idempotency-key': attempt });
  const asKey = { authorization: `Bearer ${issued.key}` };
  await issuer('GET', '/v1/api-keys/self', undefined, asKey);
  await atVault('GET').catch(absent);
  await atVault('POST', { data: { API_KEY: issued.key, API_KEY_ID: issued.id } });
  await atVault('GET');
  await write(task.statuses[1]);
  await event('KeyPublished');

  // The report of the one pod.
  await kube('POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenReview',
    spec: { token: podToken, audiences: ['apikeyrotation.io'] },
  });
  await kube('GET', `/api/v1/namespaces/${namespace}/pods/${podName}`);
  await kube('POST', `${GROUP}/namespaces/${namespace}/migrationreports`, {
    ...task.report,
    metadata: { ...task.report.metadata, name: attempt, namespace },
  });

  const selector = encodeURIComponent('apikeyrotation.io/rotation-uid=none');
  await kube('GET', `${GROUP}/namespaces/${namespace}/migrationreports?labelSelector=${selector}`);
  const field = encodeURIComponent(`metadata.name=${podName}`);
  await kube('GET', `/api/v1/namespaces/${namespace}/pods?fieldSelector=${field}`);
  await atVault('GET');
  await issuer('GET', `/v1/api-keys/${issued.id}`);
  await issuer('GET', '/v1/api-keys/self', undefined, asKey);
  await write(task.statuses[2]);
  await issuer('POST', `/v1/api-keys/${issued.id}/revoke`);
  await issuer('GET', `/v1/api-keys/${issued.id}`);
  await write(atRest);
  await event('OldKeyRevoked');
}

process.stdout.write(JSON.stringify(await main(JSON.parse(await text(process.stdin)))));
