import type { FastifyInstance } from 'fastify';
import { GROUP } from '../api/names.ts';
import { reports as reportResource } from '../api/resources.ts';
import type { ApiKeyRotation, MigrationReport } from '../api/types.ts';
import { type Claim, recordName } from '../evidence/report-record.ts';
import type { Clock } from '../runtime/clock.ts';
import type { KubeApi } from '../runtime/kube/kube-api.ts';
import type { ServerTime } from '../runtime/kube/server-time.ts';
import { createAdmission, type ReportLimits } from './admission.ts';
import { ApiError } from './api-error.ts';
import { type BoundToken, type Caller, createAuthenticate } from './authenticate.ts';
import { createJsonApp, type ServerLog } from './json-app.ts';
import { expectedSchema, type ReportBody, type RotationParams, reportSchema } from './report-schemas.ts';
import { createReportWriter } from './report-writer.ts';
import { createReviewedTokens } from './reviewed-tokens.ts';
import type { ServingPair } from './serving-certificate.ts';
import { createTakeReport } from './take-report.ts';
import { createTellExpected } from './tell-expected.ts';

/** Everything that the reports API needs; every replica can serve it. */
export interface ReportsApiDeps {
  readonly kube: Pick<KubeApi, 'create' | 'get' | 'replace'>;
  readonly rotations: {
    /** The cached rotation, possibly old. */
    readonly get: (namespace: string, name: string) => ApiKeyRotation | undefined;
    /** The rotation as it stands now. */
    readonly getLive: (namespace: string, name: string) => Promise<ApiKeyRotation | undefined>;
  };
  readonly reports: {
    /** The cached MigrationReport of that name, possibly old. */
    readonly get: (namespace: string, name: string) => MigrationReport | undefined;
  };
  readonly serverTime: Pick<ServerTime, 'upperBound'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly log: ServerLog;
  /** The audience that report tokens must be made for. */
  readonly audience?: string;
  /** Those that are left out have defaults for a cluster behind one address. */
  readonly limits?: Partial<ReportLimits>;
  /** Left out: plain HTTP. */
  readonly tls?: ServingPair | undefined;
}

const ROTATION = '/v1/namespaces/:namespace/rotations/:name';

/** Takes reports of consumers and tells them which key to use. Not listening yet. */
export function createReportsServer({
  kube,
  rotations,
  reports,
  serverTime,
  clock,
  log,
  audience = GROUP,
  limits,
  tls,
}: ReportsApiDeps): FastifyInstance {
  const app = createJsonApp(log, tls);
  const admission = createAdmission(clock, limits);
  const reviewed = createReviewedTokens<BoundToken>({ clock, serverNow: serverTime.upperBound });
  const authenticate = createAuthenticate({ kube, reviewed, audience });

  /** Authenticates no more often than who asks may. */
  async function admit(token: string, namespace: string, address: string): Promise<Caller> {
    admission.token(token, address);
    const caller = await authenticate(token, namespace);
    admission.caller(token, { uid: caller.pod.uid, namespace });
    return caller;
  }
  const views = { cached: rotations.get, live: shareWhileRunning(rotations.getLive) };
  const write = createReportWriter({ kube, cached: reports.get });
  const recorded = (claim: Claim) =>
    kube.get<MigrationReport>({ resource: reportResource, namespace: claim.namespace, name: recordName(claim) });
  const now = () => new Date(serverTime.upperBound()).toISOString();
  const takeReport = createTakeReport({ ...views, write, recorded, now });
  const tellExpected = createTellExpected({ ...views, now, cachedReport: reports.get });

  app.addHook('onRequest', async ({ ip }) => admission.request(ip));
  app.post<{ Params: RotationParams; Body: ReportBody }>(
    `${ROTATION}/reports`,
    { schema: reportSchema },
    async ({ ip, params: { namespace, name }, body, headers }) => {
      const { consumer, fingerprint, proof } = body;
      const caller = await callerOf(headers.authorization, (token) => admit(token, namespace, ip));
      if (!caller && proof === undefined) throw noCredentials(audience);
      if (!caller) admission.proof(ip, rotations.get(namespace, name) && `${namespace}/${name}`);
      return takeReport({ namespace, name, consumer, fingerprint, proof, caller });
    },
  );
  app.get<{ Params: RotationParams; Querystring: { consumer?: string } }>(
    ROTATION,
    { schema: expectedSchema },
    async ({ ip, params: { namespace, name }, query: { consumer }, headers }) => {
      const caller = await callerOf(headers.authorization, (token) => admit(token, namespace, ip));
      if (!caller) throw noCredentials(audience);
      return tellExpected({ namespace, name, consumer, caller });
    },
  );
  return app;
}

async function callerOf(
  header: string | undefined,
  admit: (token: string) => Promise<Caller>,
): Promise<Caller | undefined> {
  if (header === undefined) return undefined;
  const [, token] = /^bearer +(\S+)$/i.exec(header) ?? [];
  if (token) return admit(token);
  throw new ApiError(401, 'Unauthenticated', 'The header Authorization must be: Bearer <token>');
}

function noCredentials(audience: string): ApiError {
  const remedy = `send a projected ServiceAccount token with audience ${audience} as bearer, or (reports only) a proof`;
  return new ApiError(401, 'Unauthenticated', `The request says nothing of who sends it: ${remedy}`);
}

/** One live look at an object at a time: a thousand pods that are quicker than the cache cost one call. */
function shareWhileRunning<T>(
  look: (namespace: string, name: string) => Promise<T>,
): (namespace: string, name: string) => Promise<T> {
  const running = new Map<string, Promise<T>>();
  return (namespace, name) => {
    const key = `${namespace}/${name}`;
    const found = running.get(key);
    if (found) return found;
    const started = look(namespace, name).finally(() => running.delete(key));
    running.set(key, started);
    return started;
  };
}
