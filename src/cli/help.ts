import type { Command, FlagDeclaration } from './command.ts';
import { COMMANDS } from './commands/all.ts';
import { COMMON_FLAGS } from './flags.ts';

const COMPLETION = {
  name: 'completion',
  summary: 'prints kubectl_complete-apikey: on PATH, it completes wherever kubectl does (bash, zsh, fish)',
};

/** The text of `kubectl apikey --help`. */
export const USAGE = `kubectl apikey COMMAND: sees and asks of API keys that rotate (ApiKeyRotation).

${[...COMMANDS, COMPLETION].map(({ name, summary }) => `  ${name.padEnd(17)}${summary}`).join('\n')}

All of them take:
${flagLines(COMMON_FLAGS)}
Each says more with --help. Ends with 0 done, 1 failed, 2 wrong command line, 3 refused, 4 not found, 5 a person is needed, 6 not yet.
`;

/** The text of `kubectl apikey COMMAND --help`. */
export function helpOf({ name, words, summary, flags }: Command): string {
  return `kubectl apikey ${name} ${words}: ${summary}\n\n${flagLines(flags)}${flagLines(COMMON_FLAGS)}`;
}

function flagLines(flags: Readonly<Record<string, FlagDeclaration>>): string {
  return Object.entries(flags)
    .map(([flag, { short, hint = '', help }]) => {
      const spelled = `${short ? `-${short}, ` : ''}--${flag} ${hint}`;
      return `  ${spelled.padEnd(32)}${help}\n`;
    })
    .join('');
}
