import { ANNOTATION } from '../../api/names.ts';
import type { ApiKeyRotation } from '../../api/types.ts';
import type { Command } from '../command.ts';
import { CommandError, EXIT } from '../exit.ts';
import { annotating } from '../request/annotations.ts';
import { type Answer, ask, type Request } from '../request/ask.ts';
import { patienceOf, WAIT_FLAGS } from '../request/patience.ts';
import { conditionOf } from '../view/rotation-view.ts';

export const confirmRevoked: Command = {
  name: 'confirm-revoked',
  summary: 'say that you have revoked a key that people issue',
  words: 'NAME KEYID',
  flags: WAIT_FLAGS,
  async run(invocation, session) {
    const [name = '', keyID = ''] = invocation.words;
    return ask(session, name, confirmation(keyID), patienceOf(invocation));
  },
};

function confirmation(keyID: string): Request {
  return {
    // The key that is asked for now may be needed again a moment later, after a roll back.
    isGuarded: true,
    asked: `said that key ${keyID} is revoked`,
    patch(rotation) {
      if (!isAskedFor(rotation, keyID)) throw nobodyAsked(rotation, keyID);
      const before = rotation.metadata.annotations?.[ANNOTATION.revocationConfirmed] ?? '';
      const open = before.split(',').filter((other) => other !== keyID && isAskedFor(rotation, other));
      const said = [...open, keyID].join(',');
      // An annotation that stays what it was wakes nobody: who says it again says it twice.
      return annotating({ revocationConfirmed: said === before ? `${said},${keyID}` : said });
    },
    answer: (rotation) => answerTo(rotation, keyID),
    // One that is deleted goes as soon as its keys are dead.
    goneAnswer: ({ metadata }) => (metadata.deletionTimestamp === undefined ? undefined : taken(keyID)),
  };
}

/** Of a rotation that ends, of one that is deleted, and of keys that were never published the condition tells it. */
function isAskedFor({ status = {} }: ApiKeyRotation, keyID: string): boolean {
  const asked = [status.rotation?.request?.text, conditionOf(status.conditions, 'Rotating')?.message].join(' ');
  return asked.includes(`revoke API key ${keyID} (`);
}

function nobodyAsked({ metadata }: ApiKeyRotation, keyID: string): CommandError {
  const see = `kubectl apikey status ${metadata.name} -n ${metadata.namespace}`;
  return new CommandError(
    EXIT.refused,
    `nobody has asked for the revocation of key ${keyID}; what is asked for: ${see}`,
  );
}

function answerTo(object: ApiKeyRotation, keyID: string): Answer | undefined {
  const told = conditionOf(object.status?.conditions, 'Rotating')?.message ?? '';
  if (told.startsWith('somebody says that it is revoked, but')) return { type: 'Refused', message: told };
  return isAskedFor(object, keyID) || isDoomed(object, keyID) ? undefined : taken(keyID);
}

/** The operator still has to have it revoked, whatever the condition says at the moment. */
function isDoomed({ status = {} }: ApiKeyRotation, keyID: string): boolean {
  const { rotation, abandoned = [], deletion } = status;
  const doomed = [rotation?.revokeIntent?.keyID, ...abandoned.map((key) => key.keyID), ...(deletion?.keyIDs ?? [])];
  return doomed.includes(keyID);
}

function taken(keyID: string): Answer {
  return { type: 'Taken', message: `key ${keyID} is taken for dead` };
}
