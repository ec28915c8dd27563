import { parseDuration } from '../../api/duration.ts';
import { CallError } from '../../http/call-error.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from '../../http/client.ts';
import { errorOfUnusableAnswer } from '../../http/outcome.ts';
import { checkKeyID } from '../key-id.ts';
import type { Issuer, IssuerCapabilities, KeyRecord, KeyUsage } from '../port.ts';
import { DisclosureError } from '../undisclosed.ts';
import type { Auth } from './auth.ts';
import type { DeclaredRequest, HttpDeclaration } from './declaration.ts';
import { checkOffered, issueValues, NO_ID, readIssued } from './issuing.ts';
import { writeOwner } from './label.ts';
import { createListing, ownedKeys } from './listing.ts';
import { pointTo } from './pointer.ts';
import { optional, readKeyID, readKeyRecord, readLastUse } from './record.ts';
import { makeRequest } from './request.ts';
import type { Values } from './template.ts';
import { createVerify } from './verify.ts';

/** One world of a declared API. */
export interface HttpIssuerOptions {
  /** Checked: see checkDeclaration. */
  readonly declaration: HttpDeclaration;
  readonly environment: string;
  /** Bound to the origin of the environment. */
  readonly client: HttpClient;
  readonly auth: Auth;
  /** For messages: `ApiKeyIssuer payments/grafana (Live)`. */
  readonly name: string;
  /**
   * What names stand for in every request: `environment`, `values.name`, and `parameters.name` for every parameter that the declaration
   * has: see readParameters. Without these only `check` works.
   */
  readonly names: Readonly<Record<string, string>>;
  /** Wall-clock milliseconds, for the expiry that is asked for. */
  readonly now: () => number;
}

const GONE = [404];

/** Any vendor's API, as an issuer declares it (design section 7). */
export function createHttpIssuer(options: HttpIssuerOptions): Issuer {
  const { declaration, environment, client, name, names, now } = options;
  const { key: described, check: checked } = declaration;
  const manage = createManage(options);
  const request = (declared: DeclaredRequest, operation: string, values: Values): HttpRequest =>
    makeRequest(declared, { ...values, texts: { ...names, ...values.texts } }, { peer: name, operation });
  const listing = declaration.list && createListing({ declared: declaration.list, request, manage, name });

  async function check(): Promise<void> {
    const operation = 'see that the credential works';
    if (checked) await manage(request(checked.request, operation, { texts: {} }));
    else await listing?.first(operation);
  }

  /** An issuer that answers "there is none" to everything has lost its way, not its keys: it must have some other answer. */
  async function seeThatItAnswers(): Promise<void> {
    if (listing) await listing.first('list keys, to see that it has any answer');
    else await check();
  }

  /** Asks about one key; undefined where the issuer says that there is none. */
  async function ofKey(
    declared: NonNullable<HttpDeclaration['get']>,
    keyID: string,
    operation: string,
  ): Promise<HttpAnswer | undefined> {
    const { gone = GONE } = declared;
    const answer = await manage({ ...request(declared.request, operation, { texts: { keyID } }), expect: gone });
    if (!gone.includes(answer.status)) return answer;
    await seeThatItAnswers();
    return undefined;
  }

  async function find(keyID: string): Promise<KeyRecord | undefined> {
    const { get } = declaration;
    const operation = `look up key ${keyID}`;
    // In a list by the id alone: one that is there and looks otherwise than declared is no key that is gone.
    const idAlone = { keyID: described.keyID };
    const told = get
      ? (await shown(get, keyID, operation))?.told
      : (await listing?.all(''))?.find((item) => readKeyID(item, idAlone) === keyID);
    return told === undefined ? undefined : recordOf(told, keyID, operation);
  }

  async function usage(keyID: string): Promise<KeyUsage | undefined> {
    const operation = `look up when key ${keyID} was used`;
    const answer = declaration.get && (await shown(declaration.get, keyID, operation));
    if (answer?.told === undefined) return undefined;
    const { status } = recordOf(answer.told, keyID, operation);
    return { status, ...readLastUse(described, answer.told), ...optional('asOf', answer.date) };
  }

  /** The answer to `get`; undefined where the issuer says that there is no such key. */
  async function shown(get: NonNullable<HttpDeclaration['get']>, keyID: string, operation: string) {
    const answer = await ofKey(get, keyID, operation);
    return answer && { told: pointTo(answer.body, get.record ?? ''), date: answer.date };
  }

  function recordOf(told: unknown, keyID: string, operation: string): KeyRecord {
    const record = readKeyRecord(described, environment, told);
    if (record?.keyID === keyID) return record;
    throw unusable(operation, true, 'it does not describe the key that was asked for');
  }

  function unusable(operation: string, idempotent: boolean, why: string): CallError {
    return errorOfUnusableAnswer({ peer: name, operation, idempotent }, why);
  }

  return {
    capabilities: capabilitiesOf(declaration),
    origin: client.origin,
    check,
    issue: async (attempt, spec) => {
      checkOffered(declaration, spec, name);
      const operation = 'issue the key that spec.key describes';
      const asked = request(declaration.issue.request, operation, issueValues(declaration, attempt, spec, now()));
      const { body } = await manage(asked);
      const issued = readIssued(declaration, environment, attempt, spec, body);
      const subject = { peer: name, operation, idempotent: false };
      if (issued?.type === 'Disclosing') throw new DisclosureError(subject, issued.why);
      if (issued) return issued;
      throw errorOfUnusableAnswer(subject, NO_ID);
    },
    list: async (owner) => {
      const items = (await listing?.all(writeOwner(owner, described.labelSeparator ?? '/'))) ?? [];
      const owned = ownedKeys(described, environment, items, owner);
      if (owned) return owned;
      throw unusable('list keys', true, 'a key of ours in it has no id where spec.http.key.keyID says');
    },
    verify: createVerify({ declaration, environment, client, name, request, find }),
    get: async (keyID) => find(checkKeyID(keyID, name)),
    usage: async (keyID) => usage(checkKeyID(keyID, name)),
    // What vendors can change of a token is declared nowhere: another permission takes another key.
    updatePermissions: async () => 'NewKeyRequired',
    revoke: async (keyID) => {
      await ofKey(declaration.revoke, checkKeyID(keyID, name), `revoke key ${keyID}`);
    },
  };
}

/**
 * Sends requests with the operator's own credential. Where it is a token that was kept, a 401 says nothing of the credential behind it:
 * the request surely was not carried out, and is sent once more with a new token.
 */
function createManage({ auth, client }: HttpIssuerOptions): (request: HttpRequest) => Promise<HttpAnswer> {
  const send = async (request: HttpRequest) => client.request({ ...request, ...(await auth.credentials()) });
  return async (request) => {
    try {
      return await send(request);
    } catch (error) {
      if (!(error instanceof CallError && error.status === 401 && auth.renew())) throw error;
      return send(request);
    }
  };
}

function capabilitiesOf({ capabilities = {}, list }: HttpDeclaration): IssuerCapabilities {
  const { replay = 'None', replayWindow, maxKeys, usageResolution } = capabilities;
  const replayWindowMs = replayWindow === undefined ? undefined : parseDuration(replayWindow);
  const usageResolutionMs = usageResolution === undefined ? undefined : parseDuration(usageResolution);
  return {
    replay,
    list: list !== undefined,
    ...(replayWindowMs === undefined ? {} : { replayWindowMs }),
    ...(maxKeys === undefined ? {} : { maxKeys }),
    ...(usageResolutionMs === undefined ? {} : { usageResolutionMs }),
  };
}
