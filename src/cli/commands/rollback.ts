import type { ApiKeyRotation } from '../../api/types.ts';
import type { Command } from '../command.ts';
import { CommandError, EXIT, usageError } from '../exit.ts';
import { annotating, freshToken } from '../request/annotations.ts';
import { type Answer, ask, type Request } from '../request/ask.ts';
import { patienceOf, WAIT_FLAGS } from '../request/patience.ts';
import { commandOf } from '../view/next.ts';
import { conditionOf } from '../view/rotation-view.ts';
import { watchStatus } from './status.ts';

export const rollback: Command = {
  name: 'rollback',
  summary: 'publish the old key of the running rotation again, and retire the new one',
  words: 'NAME',
  flags: {
    revision: { type: 'string', hint: 'N', help: 'only if this one is running; default: whichever is' },
    watch: { type: 'boolean', short: 'w', help: 'then follow it to its end' },
    ...WAIT_FLAGS,
  },
  async run(invocation, session) {
    const [name = ''] = invocation.words;
    const revision = revisionOf(invocation.text('revision'));
    const request = rollBackRequest(freshToken(session.clock), revision);
    const code = await ask(session, name, request, patienceOf(invocation));
    return code === EXIT.done && invocation.has('watch') ? watchStatus(session, name) : code;
  },
};

function revisionOf(text: string | undefined): number | undefined {
  if (text === undefined || /^\d{1,9}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw usageError(`--revision ${text} is not a number`);
}

function rollBackRequest(token: string, wanted: number | undefined): Request {
  let revision = 0;
  return {
    isGuarded: true,
    asked: `asked for a roll back (${token})`,
    patch(rotation) {
      revision = runningRevision(rotation, wanted);
      return annotating({ rollback: `${revision}/${token}` });
    },
    answer: (rotation) => rollBackAnswer(rotation, revision, `${revision}/${token}`),
  };
}

/** What the operator would refuse anyway is not asked. */
function runningRevision(object: ApiKeyRotation, wanted: number | undefined): number {
  const { rotation, revision = 0 } = object.status ?? {};
  if (!rotation) {
    throw new CommandError(EXIT.refused, `no rotation is running; for another key: ${commandOf(object, 'rotate')}`);
  }
  if (wanted === undefined || wanted === revision) return revision;
  throw new CommandError(EXIT.refused, `revision ${revision} is running, not ${wanted}`);
}

function rollBackAnswer({ status = {} }: ApiKeyRotation, revision: number, text: string): Answer | undefined {
  const { rotation, lastHandled, conditions, revision: running } = status;
  if (lastHandled?.rollback === text) {
    if (rotation?.rollbackOf === revision) {
      const message = `revision ${running} rolls revision ${revision} back: consumers are waited for, then the new key is revoked`;
      return { type: 'Taken', message };
    }
    const why = rotation?.rollbackRefused;
    return why === undefined
      ? { type: 'Refused', eventReason: 'RollbackImpossible' }
      : { type: 'Refused', message: `roll back refused: ${why}` };
  }
  const told = conditionOf(conditions, 'Rotating')?.message ?? '';
  return told.includes(`roll back ${text}`) ? { type: 'Waiting', message: told } : undefined;
}
