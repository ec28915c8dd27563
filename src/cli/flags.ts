import { parseArgs } from 'node:util';
import type { Command, FlagDeclaration, Invocation } from './command.ts';
import { usageError } from './exit.ts';

/** Flags that every command takes. */
export const COMMON_FLAGS: Readonly<Record<string, FlagDeclaration>> = {
  namespace: { type: 'string', short: 'n', hint: 'NAMESPACE', help: 'default: that of the context' },
  'all-namespaces': { type: 'boolean', short: 'A', help: 'of all namespaces' },
  context: { type: 'string', hint: 'NAME', help: 'of the kubeconfig' },
  kubeconfig: { type: 'string', hint: 'FILE', help: 'default: KUBECONFIG, ~/.kube/config, the pod' },
  output: { type: 'string', short: 'o', hint: 'json|yaml', help: 'a document in place of a text' },
  help: { type: 'boolean', short: 'h', help: 'what the command does' },
};

/** Reads what follows the name of a command. Throws CommandError that names what is wrong. */
export function parseInvocation(command: Command, args: readonly string[]): Invocation {
  const { values, positionals } = parsed({ ...COMMON_FLAGS, ...command.flags }, args, command.name);
  return {
    words: positionals,
    text: (flag) => {
      const value = values[flag];
      return typeof value === 'string' ? value : undefined;
    },
    has: (flag) => values[flag] === true,
  };
}

/** Throws CommandError where words are missing or too many; `--help` needs none. */
export function checkWords({ name, words: declared }: Command, { words }: Invocation): void {
  const names = declared.split(' ').filter(Boolean);
  const needed = names.filter((word) => !word.startsWith('['));
  const missing = needed[words.length];
  const extra = words[names.length];
  if (missing !== undefined) throw usageError(`${missing} is missing: kubectl apikey ${name} ${declared}`);
  if (extra !== undefined) throw usageError(`'${extra}' is too much: kubectl apikey ${name} ${declared}`.trimEnd());
}

interface Parsed {
  readonly values: Readonly<Record<string, unknown>>;
  readonly positionals: readonly string[];
}

function parsed(flags: Readonly<Record<string, FlagDeclaration>>, args: readonly string[], name: string): Parsed {
  const options = Object.entries(flags).map(([flag, { type, short }]) => [flag, { type, ...(short && { short }) }]);
  try {
    return parseArgs({ args: [...args], options: Object.fromEntries(options), strict: true, allowPositionals: true });
  } catch (error) {
    const [why = ''] = (error instanceof Error ? error.message : '').split(/[.\n]/);
    throw usageError(`${why}; see kubectl apikey ${name} --help`);
  }
}
