import type { ApiKeyRotation, ConsumerSpec, MigrationReport, RotationStatus } from '../../../src/api/types.ts';
import { fingerprint } from '../../../src/key/fingerprint.ts';
import { proofHash, proofOf } from '../../../src/key/proof.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { pods } from '../../../src/runtime/kube/resources.ts';
import { createReportsServer, type ReportsApiDeps } from '../../../src/server/reports-api.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';
import { FakeKube } from './fake-kube.ts';

export const OLD_KEY = new SecretValue('apio_live_the_old_key_0001');
export const NEW_KEY = new SecretValue('apio_live_the_new_key_0002');
export const OLD = fingerprint(OLD_KEY);
export const NEW = fingerprint(NEW_KEY);
export const URL = '/v1/namespaces/team/rotations/payments';
export const TOKEN = 'aaaa.bbbb.cccc';

const UID = 'rotation-uid';
const ISSUER = { kind: 'ApiKeyIssuer', name: 'apio', uid: 'i', origin: 'https://api.example' };

/** A consumer whose pods of one ServiceAccount report. */
export function reporting(
  name: string,
  serviceAccountName: string,
  matchLabels?: Record<string, string>,
): ConsumerSpec {
  const report = { serviceAccountName, ...(matchLabels ? { podSelector: { matchLabels } } : {}) };
  return { name, evidence: [{ type: 'Report', report }] };
}

export const proving = (name: string): ConsumerSpec => ({ name, evidence: [{ type: 'Proof' }] });

/** The proof that a consumer gives of the key. */
export function prove(consumer: string, revision = 2, key = NEW_KEY): string {
  return proofOf(key, { uid: UID, revision, consumer });
}

/** No rotation runs; the key of revision 2 is current. */
export const AT_REST: RotationStatus = {
  revision: 2,
  current: { keyID: 'k2', revision: 2, fingerprint: NEW, issuer: ISSUER, targets: [] },
};

/** Revision 2 is published and replaces the old key. */
export function migrating(consumers: readonly string[], revision = 2): RotationStatus {
  const oldKey = { keyID: 'k1', revision: 1, fingerprint: OLD, issuer: ISSUER, targets: [] };
  return {
    revision,
    current: oldKey,
    rotation: {
      attemptID: `i/${UID}/${revision}.1`,
      attemptAt: '2030-01-01T00:00:00Z',
      claim: 'claim',
      trigger: 'Requested',
      startedAt: '2030-01-01T00:00:00Z',
      plan: { issuer: ISSUER, key: { environment: 'Live', permissions: ['p'] }, targets: [] },
      oldKey,
      newKey: { keyID: 'k2', fingerprint: NEW },
      publishedAt: '2030-01-01T00:00:05Z',
      consumers: consumers.map((name) => ({
        name,
        state: 'Pending',
        proofHash: proofHash(prove(name, revision)),
      })),
    },
  };
}

/** Revision 3 publishes the old key again, or has done so. */
export function rollingBack({ isPublished }: { readonly isPublished: boolean }): RotationStatus {
  const { current, rotation } = migrating(['api'], 3);
  if (!current || !rotation) throw new Error('no rotation runs');
  const { publishedAt, ...unpublished } = rotation;
  const { keyID, fingerprint } = current;
  const rollBack = {
    ...(isPublished ? rotation : unpublished),
    rollbackOf: 2,
    restoredKey: current,
    newKey: { keyID, fingerprint },
    oldKey: { ...current, keyID: 'k2', fingerprint: NEW },
  };
  return { revision: 3, current, rotation: rollBack };
}

export function rotation(consumers: readonly ConsumerSpec[], status: RotationStatus): ApiKeyRotation {
  return {
    metadata: { name: 'payments', namespace: 'team', uid: UID },
    spec: {
      issuerRef: { name: 'apio' },
      key: { environment: 'Live', permissions: ['p'] },
      targets: [{ name: 'vault', storeRef: { name: 'vault' }, path: 'payments' }],
      consumers: [...consumers],
    },
    status,
  };
}

/** What a test can see and set. */
interface Views {
  cached: ApiKeyRotation | undefined;
  live: ApiKeyRotation | undefined;
  liveLooks: number;
  cachedReport: MigrationReport | undefined;
}

/** The reports API over a Kubernetes API in memory, with pod `api-1` of ServiceAccount `api`, and views that tests set. */
export function createWorld(cached: ApiKeyRotation | undefined, options: Partial<ReportsApiDeps> = {}) {
  const kube = new FakeKube();
  const clock = new VirtualClock();
  const failures: unknown[] = [];
  const views: Views = { cached, live: cached, liveLooks: 0, cachedReport: undefined };
  const app = createReportsServer({
    kube,
    clock,
    rotations: {
      get: () => views.cached,
      getLive: async () => {
        views.liveLooks += 1;
        return views.live;
      },
    },
    reports: { get: () => views.cachedReport },
    serverTime: { upperBound: () => clock.now() },
    log: { error: ({ err }) => failures.push(err) },
    ...options,
  });
  addPod(kube, 'api-1', 'api', TOKEN);
  return Object.assign(views, {
    kube,
    clock,
    failures,
    app,
    records: () => kube.all<MigrationReport>('migrationreports'),
    /** Reports with the token of `api-1` unless told otherwise. */
    async report(body: object, headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` }) {
      const answer = await app.inject({ method: 'POST', url: `${URL}/reports`, payload: body, headers });
      return { status: answer.statusCode, headers: answer.headers, body: answer.json(), text: answer.body };
    },
    /** Asks with the token of `api-1` unless told otherwise. */
    async ask(query = '', headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` }) {
      const answer = await app.inject({ method: 'GET', url: `${URL}${query}`, headers });
      return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
    },
  });
}

/** A running pod and the token that is bound to it. */
export function addPod(kube: FakeKube, name: string, serviceAccountName: string, token: string, labels = {}): void {
  kube.seed(pods, {
    metadata: { name, namespace: 'team', uid: `uid-of-${name}`, labels },
    ...{ spec: { serviceAccountName }, status: { phase: 'Running' } },
  });
  kube.tokens.set(token, { username: `system:serviceaccount:team:${serviceAccountName}`, extra: boundTo(name) });
}

/** What TokenReview says of a token that is bound to a pod. */
export function boundTo(name: string, uid = `uid-of-${name}`): Record<string, string[]> {
  return { 'authentication.kubernetes.io/pod-name': [name], 'authentication.kubernetes.io/pod-uid': [uid] };
}
