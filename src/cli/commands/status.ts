import type { ApiKeyRotation } from '../../api/types.ts';
import type { Command, Session } from '../command.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { followRotations, getRotation, notThere } from '../rotations.ts';
import { accountOf } from '../view/account.ts';
import { accountLines } from '../view/account-text.ts';

export const status: Command = {
  name: 'status',
  summary: 'timeline of one rotation: who is missing, since when, what happens next',
  words: 'NAME',
  flags: { watch: { type: 'boolean', short: 'w', help: 'go on with each change, until no rotation runs or Ctrl-C' } },
  async run(invocation, session) {
    const [name = ''] = invocation.words;
    if (invocation.has('watch')) return watchStatus(session, name);
    const object = await getRotation(session, name);
    const account = accountOf(object);
    session.output.show(account, (paint) => accountLines(account, session.serverTime.lowerBound(), paint));
    return exitCodeOf(object);
  },
};

/** Shows a rotation each time that it changes, until none is running or a person is needed. */
export async function watchStatus(session: Session, name: string): Promise<ExitCode> {
  const { namespace, output } = session;
  let last: ExitCode = EXIT.notYet;
  for await (const { object } of followRotations(session, { namespace, name }, session.signal)) {
    if (!object) throw notThere(session, name);
    const account = accountOf(object);
    output.showAgain(account, (paint) => accountLines(account, session.serverTime.lowerBound(), paint));
    last = exitCodeOf(object);
    if (account.state === 'Settled') return last;
  }
  return last;
}

function exitCodeOf(object: ApiKeyRotation): ExitCode {
  return accountOf(object).state === 'Stalled' ? EXIT.needsHuman : EXIT.done;
}
