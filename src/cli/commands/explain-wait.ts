import type { ApiKeyRotation } from '../../api/types.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { meaningOf } from '../reasons/all.ts';
import { plainText } from '../reasons/plain-text.ts';
import { getRotation } from '../rotations.ts';
import { viewRotation } from '../view/rotation-view.ts';

export const explainWait: Command = {
  name: 'explain-wait',
  summary: 'what the reason of a wait means, and what ends it',
  words: 'NAME',
  flags: {},
  async run({ words: [name = ''] }, session) {
    const object = await getRotation(session, name);
    const explained = explain(object);
    session.output.show(explained, () => linesOf(explained));
    return viewRotation(object).state === 'Stalled' ? EXIT.needsHuman : EXIT.done;
  },
};

interface Explained {
  readonly reason: string;
  readonly message: string;
  readonly means: string;
  readonly remedy: string;
  /** What each consumer that is waited for is waited for with, a command of its evidence in a line of its own. */
  readonly consumers: readonly { readonly name: string; readonly message: string }[];
}

function explain(object: ApiKeyRotation): Explained {
  const { reason, message } = viewRotation(object);
  const unlooked = {
    means: 'No operator has looked at it yet.',
    remedy: '`kubectl apikey doctor` says what is wrong.',
  };
  const unknown = {
    means: 'The operator is newer than this plugin: it has no page of this reason.',
    remedy: 'Read the message.',
  };
  const { means, remedy } = reason === '' ? unlooked : (meaningOf(reason) ?? unknown);
  const pending = (object.status?.rotation?.consumers ?? []).filter(({ state }) => state === 'Pending');
  return {
    reason,
    message,
    means: plainText(means, object.metadata),
    remedy: plainText(remedy, object.metadata),
    consumers: pending.map(({ name, message: told = '' }) => ({ name, message: told })),
  };
}

function linesOf({ reason, message, means, remedy, consumers }: Explained): readonly string[] {
  return [
    `${reason || 'Unseen'}: ${means}`,
    ...(message ? ['', `It says      ${message.split('\n')[0]}`] : []),
    '',
    `What to do   ${remedy}`,
    ...consumers.flatMap(({ name, message: told }) => ['', ...`Consumer ${name}: ${told}`.split('\n')]),
  ];
}
