import { CallError } from '../../http/call-error.ts';
import { createHttpClient, type HttpAnswer, type HttpRequest } from '../../http/client.ts';
import { isRecord } from '../../http/json.ts';
import { errorOfAnswer, errorOfUnusableAnswer } from '../../http/outcome.ts';
import type { HttpTransport } from '../../http/transport.ts';
import { type AttemptId, formatAttemptId, parseAttemptId } from '../../key/attempt-id.ts';
import { MIN_KEY_LENGTH } from '../../key/fingerprint.ts';
import { SecretValue } from '../../key/secret-value.ts';
import { checkKeyID } from '../key-id.ts';
import type { IssueResult, Issuer, KeyRecord, KeySpec, KeyUsage } from '../port.ts';
import { readKeyRecord, readLastUse } from './record.ts';

/** One environment of the APIO API. */
export interface ApioIssuerOptions {
  readonly transport: HttpTransport;
  /** http(s)://host[:port][/base] of the environment; its origin is recorded with every key. */
  readonly url: string;
  /** For messages: `ApiKeyIssuer apio (Live)`. */
  readonly name: string;
  /** The management credential (permission `keys:manage`), asked for before each call; sent to `url` only. */
  readonly credential: () => Promise<SecretValue>;
}

const KEYS = '/v1/api-keys';
const PAGE_SIZE = '100';
const MAX_PAGES = 100;
/** A use shows within this time. */
const USAGE_RESOLUTION_MS = 60_000;

/** The APIO API of design section 7: a key is delivered once, a replay gives its id, keys are listed by label. */
export function createApioIssuer({ transport, url, name, credential }: ApioIssuerOptions): Issuer {
  const client = createHttpClient({ transport, url, peer: name });
  const manage = async (request: HttpRequest): Promise<HttpAnswer> =>
    client.request({ ...request, bearer: await credential() });

  const check = async (): Promise<void> => {
    const operation = 'list keys, to see that the credential works';
    const answer = await manage({ method: 'GET', path: KEYS, query: { limit: '1' }, operation });
    readPage(name, answer);
  };

  /** One key's answer. An issuer that answers 404 to everything has lost its way, not its keys: hence the check. */
  const ofKey = async (keyID: string, request: HttpRequest): Promise<DescribedKey | undefined> => {
    const answer = await manage({ ...request, expect: [404] });
    if (answer.status === 404) return check().then(() => undefined);
    const record = readKeyRecord(answer.body);
    if (record?.keyID !== keyID) throw unusable(name, request, 'it does not describe the key that was asked for');
    return { record, answer };
  };
  const lookUp = async (keyID: string) =>
    ofKey(keyID, { method: 'GET', path: keyPath(name, keyID), operation: `look up key ${keyID}` });

  return {
    capabilities: { replay: 'ID', list: true, usageResolutionMs: USAGE_RESOLUTION_MS },
    origin: client.origin,
    check,
    issue: async (attempt, spec) => {
      const request = issueRequest(attempt, spec);
      const answer = await manage({ ...request, expect: [409] });
      if (answer.status === 409) throw repeatRefused(name, request, answer);
      return readIssued(name, request, answer);
    },
    list: ({ installation, uid }) => listOwned(name, manage, installation, uid),
    verify: async (key) => {
      const request: HttpRequest = { method: 'GET', path: `${KEYS}/self`, operation: 'verify a key' };
      const answer = await client.request({ ...request, bearer: key, expect: [401] });
      if (answer.status === 401 && isAuthenticationError(answer.body)) return undefined;
      const record = readKeyRecord(answer.body);
      if (!record) throw unusable(name, request, 'it neither describes nor rejects the key');
      return record;
    },
    get: async (keyID) => (await lookUp(keyID))?.record,
    usage: async (keyID) => usageOf(await lookUp(keyID)),
    updatePermissions: async (keyID, { add, reason }) => {
      const request: HttpRequest = {
        method: 'PATCH',
        path: keyPath(name, keyID),
        operation: `add permissions to key ${keyID}`,
        body: { permissions: { add, remove: [] }, reason },
      };
      const answer = await manage({ ...request, expect: [409] });
      if (answer.status === 409) return readRefusal(name, request, answer);
      if (readKeyRecord(answer.body)?.keyID === keyID) return 'Updated';
      throw unusable(name, request, 'it does not describe the key that was to be changed');
    },
    revoke: async (keyID) => {
      const path = `${keyPath(name, keyID)}/revoke`;
      const request: HttpRequest = { method: 'POST', path, operation: `revoke key ${keyID}` };
      const told = await ofKey(keyID, request);
      if (told?.record.status === 'Active') throw unusable(name, request, 'it says that the key is still active');
    },
  };
}

interface DescribedKey {
  readonly record: KeyRecord;
  readonly answer: HttpAnswer;
}

function usageOf(told: DescribedKey | undefined): KeyUsage | undefined {
  if (!told) return undefined;
  const { record, answer } = told;
  const { date } = answer;
  return { status: record.status, ...readLastUse(answer.body), ...(date === undefined ? {} : { asOf: date }) };
}

function issueRequest(attempt: AttemptId, { organization, environment, permissions }: KeySpec): HttpRequest {
  const id = formatAttemptId(attempt);
  return {
    method: 'POST',
    path: KEYS,
    operation: 'issue the key that spec.key describes',
    headers: { 'idempotency-key': id },
    body: { organization, environment, permissions, label: id },
  };
}

/** Either the same call is still being worked on, or somebody has used its Idempotency-Key for another: then nobody here knows why. */
function repeatRefused(name: string, { operation }: HttpRequest, { body, status }: HttpAnswer): CallError {
  const peer = { peer: name, operation, idempotent: false };
  if (!isRecord(body) || !isRecord(body.error) || body.error.type !== 'idempotency_error')
    return errorOfAnswer(peer, { status });
  const why =
    'has seen this Idempotency-Key with another request: does a clone of this cluster work with the same account?';
  const remedy = 'stop the other one, or give each its own --installation';
  return new CallError('refused', 'IdempotencyMismatch', `${name} ${why} ${remedy}`, { status });
}

/** A change that takes a new key here; any other conflict passes by itself, or the next look at the key tells. */
function readRefusal(name: string, { operation }: HttpRequest, { body, status }: HttpAnswer): 'NewKeyRequired' {
  if (isRecord(body) && isRecord(body.error) && body.error.code === 'new_key_required') return 'NewKeyRequired';
  throw errorOfAnswer({ peer: name, operation, idempotent: false }, { status });
}

function readIssued(name: string, request: HttpRequest, { body }: HttpAnswer): IssueResult {
  const record = readKeyRecord(body);
  if (!record || !isRecord(body)) throw unusable(name, request, 'it does not describe the key');
  const { key } = body;
  if (key === undefined) return { type: 'Replayed', keyID: record.keyID };
  if (typeof key !== 'string' || key.length < MIN_KEY_LENGTH) {
    const problem = `key ${record.keyID} of ${name} has fewer than ${MIN_KEY_LENGTH} characters, which cannot be handled safely`;
    return { type: 'Unusable', record, problem };
  }
  return { type: 'Issued', record, key: new SecretValue(key) };
}

async function listOwned(
  name: string,
  manage: (request: HttpRequest) => Promise<HttpAnswer>,
  installation: string,
  uid: string,
): Promise<readonly KeyRecord[]> {
  const records: KeyRecord[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = {
      labelPrefix: `${installation}/${uid}/`,
      limit: PAGE_SIZE,
      ...(cursor === undefined ? {} : { cursor }),
    };
    const { keys, next } = readPage(name, await manage({ method: 'GET', path: KEYS, operation: 'list keys', query }));
    records.push(...keys);
    if (next === undefined) return records.filter(({ label }) => isOwned(label, installation, uid));
    cursor = next;
  }
  const why = `${name} lists more than ${MAX_PAGES} pages of keys for one rotation`;
  throw new CallError('refused', 'TooManyKeys', `${why}; remove keys that are long dead there`);
}

/** Whether the label is ours is not left to the other side's filter. */
function isOwned(label: string | undefined, installation: string, uid: string): boolean {
  const attempt = parseAttemptId(label);
  return attempt?.installation === installation && attempt.uid === uid;
}

/** A page is read in full or not at all: a key that is left out would be taken for absent. */
function readPage(
  name: string,
  { body }: HttpAnswer,
): { readonly keys: readonly KeyRecord[]; readonly next: string | undefined } {
  const data = isRecord(body) && Array.isArray(body.data) ? body.data.map(readKeyRecord) : [undefined];
  const keys = data.filter((record) => record !== undefined);
  const next = isRecord(body) ? (body.nextCursor ?? undefined) : undefined;
  if (keys.length === data.length && (next === undefined || typeof next === 'string')) return { keys, next };
  throw unusable(name, { method: 'GET', path: KEYS, operation: 'list keys' }, 'it is no list of keys');
}

function keyPath(name: string, keyID: string): string {
  return `${KEYS}/${checkKeyID(keyID, name)}`;
}

/** Only the API's own rejection means that a key is dead; a gateway's 401 says nothing about it. */
function isAuthenticationError(body: unknown): boolean {
  return isRecord(body) && isRecord(body.error) && body.error.type === 'authentication_error';
}

function unusable(name: string, { method, operation }: HttpRequest, why: string): CallError {
  return errorOfUnusableAnswer({ peer: name, operation, idempotent: method === 'GET' }, why);
}
