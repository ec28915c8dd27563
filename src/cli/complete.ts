import { rotations } from '../api/resources.ts';
import { COMMANDS } from './commands/all.ts';
import { COMMON_FLAGS, parseInvocation } from './flags.ts';
import { listAll } from './rotations.ts';
import type { Surroundings } from './run.ts';

/** A program of this text, `kubectl_complete-apikey` on PATH, is what kubectl asks, for bash, zsh, fish and PowerShell alike. */
export const COMPLETION = `#!/bin/sh
exec kubectl apikey __complete "$@"
`;

/** What kubectl takes for an end of the list: these are all, and no file is one of them. */
const NO_FILES = ':4\n';

/** What could stand in place of the last word, as kubectl asks kubectl_complete-apikey: a candidate a line. */
export async function complete(words: readonly string[], open: Surroundings['open']): Promise<string> {
  const begun = words.at(-1) ?? '';
  const candidates = await candidatesFor(words.slice(0, -1), begun, open);
  return [...candidates.filter((candidate) => candidate.startsWith(begun)).map((line) => `${line}\n`), NO_FILES].join(
    '',
  );
}

async function candidatesFor(
  [name, ...rest]: readonly string[],
  begun: string,
  open: Surroundings['open'],
): Promise<readonly string[]> {
  if (name === undefined) return COMMANDS.map((command) => `${command.name}\t${command.summary}`);
  const command = COMMANDS.find((known) => known.name === name);
  if (!command) return [];
  if (begun.startsWith('-')) {
    return Object.entries({ ...command.flags, ...COMMON_FLAGS }).map(([flag, { help }]) => `--${flag}\t${help}`);
  }
  return command.words.startsWith('NAME') ? rotationNames(command, rest, open) : [];
}

/** Nothing is said where the cluster does not answer: a person is in the middle of typing. */
async function rotationNames(
  command: (typeof COMMANDS)[number],
  words: readonly string[],
  open: Surroundings['open'],
): Promise<readonly string[]> {
  try {
    const invocation = parseInvocation(command, words);
    if (invocation.words.length > 0) return [];
    const { session, close } = open(invocation);
    try {
      return (await listAll(session, rotations, session.namespace)).map(({ metadata }) => metadata.name);
    } finally {
      await close();
    }
  } catch {
    return [];
  }
}
