import { CallError } from '../http/call-error.ts';
import { KubeconfigError } from '../runtime/kube/kubeconfig-error.ts';
import type { Command, Invocation, Session } from './command.ts';
import { COMMANDS } from './commands/all.ts';
import { COMPLETION, complete } from './complete.ts';
import { CommandError, EXIT, type ExitCode, usageError } from './exit.ts';
import { checkWords, parseInvocation } from './flags.ts';
import { helpOf, USAGE } from './help.ts';
import { createOutput, type OutputOptions } from './output/output.ts';
import { plainLine } from './output/plain.ts';

/** The world outside of the plugin. */
export interface Surroundings {
  readonly streams: OutputOptions;
  /** Connects by the flags; all of the session but what the output is. */
  readonly open: (invocation: Invocation) => Opened;
}

/** An open session, and how to end it. */
export interface Opened {
  readonly session: Omit<Session, 'output'>;
  close(): Promise<void>;
}

/** Runs one command to its end and answers the exit code. Never throws: what went wrong is told aside. */
export async function run(args: readonly string[], { streams, open }: Surroundings): Promise<ExitCode> {
  try {
    const [name = 'help', ...rest] = args;
    if (['help', '--help', '-h'].includes(name)) return tell(streams, USAGE);
    if (name === 'completion') return tell(streams, COMPLETION);
    if (name === '__complete') return await completing(rest, open, streams);
    const command = COMMANDS.find((known) => known.name === name);
    if (!command) throw usageError(`there is no command '${name}'; see kubectl apikey --help`);
    return await runCommand(command, rest, { streams, open });
  } catch (error) {
    const { exitCode, message } = problemOf(error);
    streams.writeAside(`error: ${message.split('\n').map(plainLine).join('\n')}\n`);
    return exitCode;
  }
}

async function runCommand(
  command: Command,
  args: readonly string[],
  { streams, open }: Surroundings,
): Promise<ExitCode> {
  const invocation = parseInvocation(command, args);
  if (invocation.has('help')) return tell(streams, helpOf(command));
  checkWords(command, invocation);
  const output = createOutput(invocation.text('output') ?? 'text', streams);
  const { session, close } = open(invocation);
  try {
    return await command.run(invocation, { ...session, output });
  } finally {
    await close();
  }
}

async function completing(
  words: readonly string[],
  open: Surroundings['open'],
  streams: OutputOptions,
): Promise<ExitCode> {
  return tell(streams, await complete(words, open));
}

function tell({ write }: OutputOptions, text: string): ExitCode {
  write(text);
  return EXIT.done;
}

/** Messages of our own errors hold no secret and say what to do; those of others may quote what they choked on. */
function problemOf(error: unknown): { readonly exitCode: ExitCode; readonly message: string } {
  if (error instanceof CommandError) return error;
  if (error instanceof KubeconfigError) return { exitCode: EXIT.failed, message: error.message };
  if (error instanceof CallError) return ofCall(error);
  const name = error instanceof Error && /^[A-Za-z]+$/.test(error.name) ? error.name : 'an unknown error';
  return { exitCode: EXIT.failed, message: `this is a defect of kubectl apikey (${name}); please report it` };
}

/** What has a status code the API server has answered: below 500 it said no. */
function ofCall({ status = 0, message }: CallError): { readonly exitCode: ExitCode; readonly message: string } {
  if (status === 404) {
    const remedy = 'are the CustomResourceDefinitions there? kubectl apikey doctor';
    return { exitCode: EXIT.notFound, message: `${message}; ${remedy}` };
  }
  return { exitCode: status >= 400 && status < 500 && status !== 429 ? EXIT.refused : EXIT.failed, message };
}
