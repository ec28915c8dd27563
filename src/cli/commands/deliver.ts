import type { ApiKeyRotation } from '../../api/types.ts';
import { CallError } from '../../http/call-error.ts';
import { discloses, looksSwapped } from '../../key/disclosure.ts';
import { isTooShort, MIN_KEY_LENGTH } from '../../key/fingerprint.ts';
import type { SecretValue } from '../../key/secret-value.ts';
import type { KubeObject } from '../../runtime/kube/kube-api.ts';
import { isConflict } from '../../runtime/kube/kube-errors.ts';
import { secrets } from '../../runtime/kube/resources.ts';
import type { Command, Session } from '../command.ts';
import { CommandError, EXIT, usageError } from '../exit.ts';
import { type Answer, type Awaited, conclude } from '../request/ask.ts';
import { patienceOf, WAIT_FLAGS } from '../request/patience.ts';
import { getRotation } from '../rotations.ts';
import { commandOf } from '../view/next.ts';
import { conditionOf } from '../view/rotation-view.ts';

export const deliver: Command = {
  name: 'deliver',
  summary: 'give a key that people issue; its text through standard input or a prompt without echo',
  words: 'NAME',
  flags: { 'key-id': { type: 'string', hint: 'ID', help: 'by which the key is revoked one day' }, ...WAIT_FLAGS },
  async run(invocation, session) {
    const [name = ''] = invocation.words;
    const keyID = invocation.text('key-id') ?? '';
    if (!/^[A-Za-z0-9_-]{1,128}$/.test(keyID))
      throw usageError('--key-id ID is missing, or is no id: letters, digits, - and _');
    const patience = patienceOf(invocation, '2m');
    checkRequest(await getRotation(session, name), keyID);
    const key = await session.secretInput.read(`Key ${keyID} (it is not shown): `);
    checkKey(keyID, key);
    // The prompt may have stood there for an hour.
    const object = await getRotation(session, name);
    checkRequest(object, keyID);
    await createSecret(session, object, keyID, key);
    return conclude(session, object, awaited(object, keyID), patience);
  },
};

/** A Secret that nobody has asked for, or that nobody looks into, would lie there with the key in it. */
function checkRequest(object: ApiKeyRotation, keyID: string): void {
  const { rotation, current } = object.status ?? {};
  const { name } = object.metadata;
  const secretName = rotation?.request?.secretName;
  if (secretName === undefined) {
    const see = commandOf(object, 'status');
    throw new CommandError(EXIT.refused, `nobody has asked for a key of ${name}; what it waits for: ${see}`);
  }
  if (secretName !== deliverySecretOf(object)) {
    const message = `status asks for the key in Secret ${secretName}, which the operator never does: somebody else has written it`;
    throw new CommandError(EXIT.refused, message);
  }
  if (keyID === current?.keyID || keyID === rotation?.oldKey?.keyID)
    throw new CommandError(EXIT.refused, `${keyID} is the key that ${name} has; a new one has another id`);
}

/** The only place where the operator looks for a key. */
function deliverySecretOf({ metadata }: ApiKeyRotation): string {
  return `${metadata.name}-delivered-key`;
}

/** What the operator would not take is not even written. Nothing of the key is ever quoted. */
function checkKey(keyID: string, key: SecretValue): void {
  const text = key.reveal();
  if (text === '') throw usageError('no key came through standard input');
  if (!/^[\x21-\x7e]+$/.test(text))
    throw usageError('what came through standard input has spaces, line breaks or letters that no key has');
  const isSwapped = looksSwapped(keyID, key);
  if (isTooShort(key) && !isSwapped) throw usageError(`the key has fewer than ${MIN_KEY_LENGTH} characters`);
  if (isSwapped || discloses(keyID, key)) {
    throw usageError('id and key are swapped, or the id has the text of the key in it; anybody may read the id');
  }
}

async function createSecret(
  { kube }: Session,
  rotation: ApiKeyRotation,
  keyID: string,
  key: SecretValue,
): Promise<void> {
  const { namespace = '' } = rotation.metadata;
  const encoded = (text: string) => Buffer.from(text).toString('base64');
  const secret = {
    metadata: { name: deliverySecretOf(rotation), namespace },
    type: 'Opaque',
    data: { key: encoded(key.reveal()), keyID: encoded(keyID) },
  };
  try {
    await kube.create<KubeObject & { readonly data: object }>(secrets, namespace, secret);
  } catch (error) {
    throw notCreated(error, rotation, keyID);
  }
}

/** Whoever holds a key that nobody takes has to know what becomes of it. */
function notCreated(error: unknown, rotation: ApiKeyRotation, keyID: string): unknown {
  const { namespace } = rotation.metadata;
  const secret = deliverySecretOf(rotation);
  if (isConflict(error)) {
    const remedy = `kubectl -n ${namespace} delete secret ${secret}`;
    const message = `somebody has given a key already (Secret ${secret}); the status says what is wrong with it, then: ${remedy}`;
    return new CommandError(EXIT.refused, message);
  }
  if (!(error instanceof CallError) || error.status !== 403) return error;
  const right = `kubectl auth can-i create secrets -n ${namespace}`;
  const message = `${error.message}. Either you may not create Secrets there (${right}), or the policy apikeyrotation-deliveries refuses it, since no key is asked for any more (${commandOf(rotation, 'status')})`;
  const rest = `Nothing was written. Let somebody who may deliver key ${keyID}, or have it revoked where it was issued: it is alive`;
  return new CommandError(EXIT.refused, `${message}. ${rest}`);
}

function awaited(before: ApiKeyRotation, keyID: string): Awaited {
  const secretName = deliverySecretOf(before);
  return {
    asked: `gave key ${keyID} in Secret ${secretName}; the operator looks there within 30s`,
    answer: (rotation) => answerTo(rotation, secretName, keyID),
  };
}

/** The key was none of the rotation's when it was given. */
function answerTo({ status = {} }: ApiKeyRotation, secretName: string, keyID: string): Answer | undefined {
  const { rotation, current, conditions } = status;
  const told = conditionOf(conditions, 'Rotating')?.message ?? '';
  if (told.includes(`Secret ${secretName} is not taken`)) return { type: 'Refused', message: told };
  const isTaken = rotation?.newKey?.keyID === keyID || current?.keyID === keyID;
  return isTaken ? { type: 'Taken', message: `key ${keyID} is taken, and published to every target` } : undefined;
}
