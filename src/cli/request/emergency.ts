import type { ApiKeyRotation } from '../../api/types.ts';
import { CommandError, EXIT } from '../exit.ts';
import { conditionOf } from '../view/rotation-view.ts';
import { annotating } from './annotations.ts';
import type { Answer, Request } from './ask.ts';

/** The key that has leaked; without an id the current one, while there is no doubt which one that is. */
export interface Leak {
  readonly token: string;
  readonly reason: string | undefined;
  readonly keyID: string | undefined;
}

/** A key dies as soon as another one is in every target; no consumer is waited for. */
export function emergencyRequest(leak: Leak): Request {
  // Status keeps the whole text, up to 512 characters, and the id stands behind the first slash.
  const reason = leak.reason?.replaceAll('/', ' ').slice(0, 200);
  const token = reason === undefined ? leak.token : `${leak.token}: ${reason}`;
  let text = '';
  return {
    isGuarded: true,
    asked: `an emergency (${leak.token}): the key is revoked as soon as another is in every target`,
    patch(rotation) {
      text = `${token}/${leak.keyID ?? currentKeyID(rotation)}`;
      return annotating({ emergency: text });
    },
    answer: (rotation) => emergencyAnswer(rotation, text),
  };
}

function currentKeyID({ status = {} }: ApiKeyRotation): string {
  const { rotation, current } = status;
  if (rotation) {
    const ids = [rotation.oldKey?.keyID, (rotation.newKey ?? rotation.restoredKey)?.keyID].filter(Boolean).join(', ');
    throw new CommandError(
      EXIT.usage,
      `a rotation is running: say which key has leaked by --key KEYID, one of ${ids || 'those being made'}`,
    );
  }
  if (current) return current.keyID;
  throw new CommandError(EXIT.refused, 'there is no key yet that could have leaked');
}

function emergencyAnswer({ status = {} }: ApiKeyRotation, text: string): Answer | undefined {
  const { lastHandled, rotation, revision, conditions } = status;
  const keyID = text.slice(text.indexOf('/') + 1);
  if (lastHandled?.emergency === text) {
    const isTaken = rotation?.leakedKeyID === keyID || rotation?.oldKey?.keyID === keyID || isListed(status, keyID);
    if (!isTaken) return { type: 'Refused', eventReason: 'EmergencyRefused' };
    return {
      type: 'Taken',
      message: `revision ${revision}: key ${keyID} is revoked when another is in every target; no consumer is waited for`,
    };
  }
  const told = conditionOf(conditions, 'Rotating')?.message ?? '';
  return told.includes(`emergency ${text}`) ? { type: 'Waiting', message: told } : undefined;
}

/** It may have ended already, or the key is one that is revoked when no target carries it. */
function isListed(
  { history = [], abandoned = [], rotation }: NonNullable<ApiKeyRotation['status']>,
  keyID: string,
): boolean {
  const revoked = history.some(({ revokedKeyID }) => revokedKeyID === keyID);
  const leaked = abandoned.some((key) => key.keyID === keyID && key.leaked);
  return revoked || leaked || rotation?.inPlace?.keyID === keyID;
}
