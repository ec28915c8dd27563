import {
  type ConsumerError,
  type ConsumerErrorCode,
  type ConsumerOptions,
  createConsumer,
  fromFile,
} from '../../../../packages/consumer/src/index.ts';
import type { BadInput } from '../bad-input.ts';
import type { Newcomer } from '../newcomer.ts';

function error(code: ConsumerErrorCode) {
  return { type: 'Program', code } as const;
}

/** A program that reads what the target serves, unless told otherwise, and ends after the first error that it is told of. */
function running(options: Partial<ConsumerOptions>) {
  return {
    wrong: async (newcomer: Newcomer): Promise<ConsumerError> => {
      newcomer.create();
      await newcomer.story.done(1);
      const told = Promise.withResolvers<ConsumerError>();
      const load = async () => keyText(newcomer);
      const consumer = createConsumer({ load, ...options, onError: told.resolve });
      consumer.key().catch(told.resolve);
      return told.promise.finally(() => consumer.close());
    },
    correct: async (newcomer: Newcomer) => {
      const consumer = createConsumer({ load: async () => keyText(newcomer) });
      await consumer.key();
      await consumer.close();
    },
  };
}

function keyText({ world, story }: Newcomer): string {
  return world.apio.keys.find(({ id }) => id === story.serves())?.text ?? '';
}

const REPORT = { url: 'http://reports.test', namespace: 'payments', rotation: 'apio' };

/** What the SDK tells a program that is not set up right; the key stays what it is. */
export const PROGRAMS: readonly BadInput[] = [
  {
    did: 'let the program read a file that is not mounted',
    seen: error('LoadFailed'),
    ...running({ load: fromFile('missing/key') }),
    message: 'Cannot read the key from missing/key (ENOENT): check the mount',
    names: ['missing/key', 'check the mount'],
    remedy: 'Mount the Secret of the target there, as a directory rather than with `subPath`, which is never renewed.',
  },
  {
    did: 'named another field than the one that holds the key',
    seen: error('NoKey'),
    ...running({ load: fromFile('package.json', { key: 'API_KEY' }) }),
    message: 'package.json has no field API_KEY: name the field that holds the key in fields.key',
    names: ['package.json', 'API_KEY', 'fields.key'],
    remedy: 'It is `key` unless `spec.targets[].fields` says otherwise.',
  },
  {
    did: 'let a program report without a token and without what a proof takes',
    seen: error('ReportFailed'),
    ...running({ report: REPORT }),
    message:
      'Neither a token nor a proof can be given: set report.tokenFile, or report.consumer and the target fields rotationUID and revision',
    names: ['report.tokenFile', 'report.consumer'],
    remedy: 'Mount a projected token and name its file: [consumers.md](consumers.md#the-pod).',
  },
  {
    did: 'named a token file that is not mounted',
    seen: error('ReportFailed'),
    ...running({ report: { ...REPORT, tokenFile: 'missing/token' } }),
    message: 'The report token cannot be read from missing/token (ENOENT): mount a projected serviceAccountToken there',
    names: ['missing/token', 'projected serviceAccountToken'],
    remedy: 'Mount a projected token there: [consumers.md](consumers.md#the-pod).',
  },
];
