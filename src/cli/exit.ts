/** What the plugin ends with; docs/kubectl-plugin.md explains each. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  notFound: 4,
  needsHuman: 5,
  notYet: 6,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Why a command ends without what it was asked for. The message is for people: who, what, what next. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The command line cannot be understood. */
export function usageError(message: string): CommandError {
  return new CommandError(EXIT.usage, message);
}
