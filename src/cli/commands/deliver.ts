import type { ApiKeyRotation } from '../../api/types.ts';
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
    const object = await getRotation(session, name);
    const secretName = requestedSecret(object);
    const key = await session.secretInput.read(`Key ${keyID} (it is not shown): `);
    checkKey(keyID, key);
    await createSecret(session, secretName, keyID, key);
    return conclude(session, object, awaited(secretName, keyID), patience);
  },
};

/** A Secret that nobody has asked for would lie there with the key in it. */
function requestedSecret({ metadata, status }: ApiKeyRotation): string {
  const { secretName } = status?.rotation?.request ?? {};
  if (secretName !== undefined) return secretName;
  const see = `kubectl apikey status ${metadata.name} -n ${metadata.namespace}`;
  throw new CommandError(EXIT.refused, `nobody has asked for a key of ${metadata.name}; what it waits for: ${see}`);
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
  { kube, namespace }: Session,
  name: string,
  keyID: string,
  key: SecretValue,
): Promise<void> {
  const encoded = (text: string) => Buffer.from(text).toString('base64');
  const secret = {
    metadata: { name, namespace },
    type: 'Opaque',
    data: { key: encoded(key.reveal()), keyID: encoded(keyID) },
  };
  try {
    await kube.create<KubeObject & { readonly data: object }>(secrets, namespace, secret);
  } catch (error) {
    if (!isConflict(error)) throw error;
    const remedy = `kubectl -n ${namespace} delete secret ${name}`;
    throw new CommandError(
      EXIT.refused,
      `somebody has given a key already (Secret ${name}); the status says what is wrong with it, then: ${remedy}`,
    );
  }
}

function awaited(secretName: string, keyID: string): Awaited {
  return {
    asked: `gave key ${keyID} in Secret ${secretName}; the operator looks there within 30s`,
    answer: (rotation) => answerTo(rotation, secretName, keyID),
  };
}

function answerTo({ status = {} }: ApiKeyRotation, secretName: string, keyID: string): Answer | undefined {
  const { rotation, current, conditions } = status;
  const told = conditionOf(conditions, 'Rotating')?.message ?? '';
  if (told.includes(`Secret ${secretName} is not taken`)) return { type: 'Refused', message: told };
  const isTaken = rotation?.newKey?.keyID === keyID || current?.keyID === keyID;
  return isTaken ? { type: 'Taken', message: `key ${keyID} is taken, and published to every target` } : undefined;
}
