import type { ApiKeyRotation } from '../../api/types.ts';
import type { Command, Invocation, Session } from '../command.ts';
import { CommandError, EXIT, usageError } from '../exit.ts';
import { annotating, freshToken } from '../request/annotations.ts';
import { type Answer, ask, type Request } from '../request/ask.ts';
import { emergencyRequest } from '../request/emergency.ts';
import { patienceOf, WAIT_FLAGS } from '../request/patience.ts';
import { viewRotation } from '../view/rotation-view.ts';
import { watchStatus } from './status.ts';

export const rotate: Command = {
  name: 'rotate',
  summary: 'ask for another key; --emergency: one has leaked and dies without waiting',
  words: 'NAME',
  flags: {
    reason: { type: 'string', hint: 'TEXT', help: 'goes into the history' },
    emergency: {
      type: 'boolean',
      help: 'a key has leaked: it is revoked as soon as another is everywhere, NO consumer is waited for',
    },
    key: {
      type: 'string',
      hint: 'KEYID',
      help: 'with --emergency: which one; default the current one while no rotation runs',
    },
    watch: { type: 'boolean', short: 'w', help: 'then follow the rotation to its end' },
    ...WAIT_FLAGS,
  },
  async run(invocation, session) {
    const [name = ''] = invocation.words;
    const code = await ask(session, name, requestOf(invocation, session), patienceOf(invocation));
    return code === EXIT.done && invocation.has('watch') ? watchStatus(session, name) : code;
  },
};

function requestOf(invocation: Invocation, { clock }: Session): Request {
  const token = freshToken(clock);
  const reason = invocation.text('reason');
  if (invocation.has('emergency')) return emergencyRequest({ token, reason, keyID: invocation.text('key') });
  if (invocation.text('key') !== undefined)
    throw usageError('--key goes with --emergency: else the current key is replaced');
  return {
    isGuarded: false,
    asked: `asked for another key (rotate ${token})`,
    patch(rotation) {
      if (!rotation.status?.current && !rotation.status?.revision) throw noKeyYet(rotation);
      return annotating({ rotate: token, ...(reason !== undefined && { rotateReason: `${token}: ${reason}` }) });
    },
    answer: (rotation) => rotateAnswer(rotation, token),
  };
}

/** What is asked for before the first key counts as answered by it. */
function noKeyYet({ metadata }: ApiKeyRotation): CommandError {
  return new CommandError(
    EXIT.refused,
    `${metadata.name} has no key yet: the first one is issued without being asked for`,
  );
}

/** These hold back a rotation that is asked for, too. */
const HOLDING: ReadonlySet<string> = new Set(['WindowClosed', 'PromotionPending']);

function rotateAnswer(object: ApiKeyRotation, token: string): Answer | undefined {
  const { spec, status = {} } = object;
  const { lastHandled, rotation, revision, attempt } = status;
  const { state, reason, message } = viewRotation(object);
  if (lastHandled?.rotate === token) {
    const isFirst = (attempt ?? 1) === 1;
    return { type: 'Taken', message: `revision ${revision} ${isFirst ? 'has begun' : 'issues another key'}` };
  }
  if (spec.suspend) return { type: 'Waiting', message: 'it is suspended: another key is issued when it is resumed' };
  if (!rotation) return HOLDING.has(reason) ? { type: 'Waiting', message } : undefined;
  // A rotation that is stuck takes the request for another try; one that is held goes on first.
  if (state === 'Stalled' && reason !== 'Held') return undefined;
  return { type: 'Waiting', message: `revision ${revision} is running: another key is issued when that has ended` };
}
