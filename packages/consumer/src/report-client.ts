import { readFile } from 'node:fs/promises';
import { withDeadline } from './deadline.ts';
import { ConsumerError, kindOf } from './errors.ts';
import type { LoadedKey } from './loader.ts';
import { fingerprintOf, type ProofSubject, proofOf } from './proof.ts';

/** Where and as whom to report. */
export interface ReportTarget {
  /** The operator's reports API, for instance `https://apikey-rotation-operator.apikey-rotation.svc:8082`: the NOTES of the chart name it. */
  readonly url: string;
  /** Of the ApiKeyRotation. */
  readonly namespace: string;
  /** Name of the ApiKeyRotation. */
  readonly rotation: string;
  /** Name in spec.consumers; may be left out where the pod's ServiceAccount and labels say it. */
  readonly consumer?: string;
  /** The projected ServiceAccount token; read anew for each report, since the kubelet renews it. */
  readonly tokenFile?: string;
  /** Default 5000. */
  readonly timeoutMs?: number;
}

/** What the operator answers: the key that this consumer should be using, and how its own stands to that. */
export interface ReportAnswer {
  readonly uid: string;
  readonly revision: number;
  readonly consumer: string;
  readonly fingerprint: string;
  readonly state: 'Migrated' | 'Current' | 'Superseded';
}

/** A report that did not get through; `status` and `retryAfterMs` where the operator answered. */
export class ReportFailure extends Error {
  override readonly name = 'ReportFailure';
  readonly shown: ConsumerError;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(shown: ConsumerError, status?: number, retryAfterMs?: number) {
    super(shown.message);
    this.shown = shown;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

const MAX_MESSAGE = 400;
/** OpenSSL's codes for chains that nobody here trusts. */
const CERTIFICATE_PROBLEMS = /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_\w+)$/;
const OTHER_NAME = 'ERR_TLS_CERT_ALTNAME_INVALID';

/** What the operator told of a key: whose it is, or undefined where it expects another one. */
interface Told {
  readonly key: string;
  readonly subject: ProofSubject | undefined;
}

/** After these, what the operator told before is in doubt: it wants a proof, or not this one. */
const DOUBTS = [400, 403];

/**
 * Reports with a proof. uid and revision come from beside the key, or else from the operator, who needs the token then. What
 * it told is kept until the report got through, so that trying again costs one request. Not to be called twice at a time.
 */
export function createReportClient(
  target: ReportTarget,
): (loaded: LoadedKey, signal: AbortSignal) => Promise<ReportAnswer> {
  const { url, namespace, rotation, consumer, tokenFile, timeoutMs = 5_000 } = target;
  let told: Told | undefined;
  const base = `${url.replace(/\/+$/, '')}/v1/namespaces/${encodeURIComponent(namespace)}/rotations/${encodeURIComponent(rotation)}`;

  return async (loaded, signal) => {
    const token = tokenFile === undefined ? undefined : await readToken(tokenFile);
    const fingerprint = fingerprintOf(loaded.key);
    const post = (subject: ProofSubject | undefined) => {
      const proof = subject && proofOf(loaded.key, subject);
      const body = { consumer: consumer ?? subject?.consumer, fingerprint, proof };
      return call<ReportAnswer>(`${base}/reports`, body, [loaded.key, token], signal);
    };
    const subject = storedSubject(loaded) ?? (await toldSubject(loaded, token, signal));
    if (!subject && !token) throw new ReportFailure(cannotProve());
    try {
      const answer = subject ? await post(subject) : await proveWhatIsAnswered(loaded, await post(undefined), post);
      told = undefined;
      return answer;
    } catch (error) {
      if (error instanceof ReportFailure && DOUBTS.includes(error.status ?? 0)) told = undefined;
      throw error;
    }
  };

  /** The operator's view for questions may lag behind: then the answer to the report is the first to tell uid and revision. */
  async function proveWhatIsAnswered(
    { key }: LoadedKey,
    answer: ReportAnswer,
    post: (subject: ProofSubject) => Promise<ReportAnswer>,
  ): Promise<ReportAnswer> {
    const { uid, revision, consumer: name, state } = answer;
    if (state !== 'Migrated' || !uid || revision === undefined || !name) return answer;
    told = { key, subject: { uid, revision, consumer: name } };
    return post({ uid, revision, consumer: name });
  }

  function storedSubject({ rotationUID, revision }: LoadedKey): ProofSubject | undefined {
    if (!consumer || !rotationUID || revision === undefined) return undefined;
    return { uid: rotationUID, revision, consumer };
  }

  /** Undefined where the operator expects another key: what it tells does not belong to the one we hold. */
  async function toldSubject({ key }: LoadedKey, token: string | undefined, signal: AbortSignal) {
    if (!token) return undefined;
    if (told?.key === key) return told.subject;
    const query = consumer ? `?consumer=${encodeURIComponent(consumer)}` : '';
    const expected = await call<ReportAnswer>(`${base}${query}`, undefined, [undefined, token], signal);
    told = { key, subject: expected.fingerprint === fingerprintOf(key) ? expected : undefined };
    return told.subject;
  }

  function call<T>(at: string, body: object | undefined, secrets: Secrets, signal: AbortSignal): Promise<T> {
    return withDeadline(signal, timeoutMs, async (deadline) => {
      const response = await send(at, body, secrets[1], deadline);
      const answer: unknown = await response.json().catch(() => undefined);
      if (response.ok && answer) return answer as T;
      throw refusal(response, answer, secrets);
    });
  }

  function cannotProve(): ConsumerError {
    const remedy = 'set report.tokenFile, or report.consumer and the target fields rotationUID and revision';
    return new ConsumerError('ReportFailed', `Neither a token nor a proof can be given: ${remedy}`);
  }
}

/** Key and token, which no message may hold. */
type Secrets = readonly [key: string | undefined, token: string | undefined];

async function send(url: string, body: object | undefined, token: string | undefined, signal: AbortSignal) {
  const headers = {
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...(body ? { 'content-type': 'application/json' } : {}),
  };
  const init = body ? { method: 'POST', body: JSON.stringify(body) } : {};
  try {
    return await fetch(url, { ...init, headers, redirect: 'error', signal });
  } catch (error) {
    const kind = kindOf(error);
    const problem = `The reports API at ${new URL(url).origin} cannot be reached (${kind})`;
    throw new ReportFailure(new ConsumerError('ReportFailed', `${problem}: ${remedyOf(kind)}`));
  }
}

function remedyOf(kind: string): string {
  if (CERTIFICATE_PROBLEMS.test(kind))
    return 'start with NODE_EXTRA_CA_CERTS naming a file with the authority of its certificate';
  if (kind === OTHER_NAME)
    return 'its certificate is for other names: take one of them in report.url (<name>.<namespace>.svc), or add this one to its dnsNames';
  return 'check report.url and network policies';
}

async function readToken(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    const problem = `The report token cannot be read from ${path} (${kindOf(error)})`;
    throw new ReportFailure(
      new ConsumerError('ReportFailed', `${problem}: mount a projected serviceAccountToken there`),
    );
  }
}

function refusal({ status, headers }: Response, answer: unknown, secrets: Secrets): ReportFailure {
  const told = messageOf(answer);
  const isSafe = !secrets.some((secret) => secret && told.includes(secret));
  const shown = new ConsumerError('ReportRefused', `The reports API answered ${status}: ${isSafe ? told : 'withheld'}`);
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return new ReportFailure(shown, status, Number.isFinite(seconds) ? seconds * 1_000 : undefined);
}

function messageOf(answer: unknown): string {
  const { error } = (answer ?? {}) as { error?: { message?: unknown } };
  return typeof error?.message === 'string' ? error.message.slice(0, MAX_MESSAGE) : 'no explanation';
}
