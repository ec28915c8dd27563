import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** A component that runs. */
export interface Program {
  readonly name: string;
  readonly pid: number;
  /** The file that holds all it wrote. */
  readonly log: string;
  /** Undefined while it runs, else how it ended. */
  ended(): string | undefined;
  /** SIGTERM, and SIGKILL when it is still there after `graceMs`; resolves when it is gone. */
  stop(graceMs?: number): Promise<void>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

/** What to start. */
export interface ProgramOptions {
  readonly name: string;
  readonly path: string;
  readonly args: readonly string[];
  /** Where its log goes, as `<name>.log`; a second start appends. */
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
}

const running = new Set<ChildProcess>();
const killAll = () => {
  for (const child of running) child.kill('SIGKILL');
};
// Whatever ends this process, no component must stay behind. Workers of tests are ended by SIGTERM, which by itself would
// leave out what others (an operator's starter among them) do at the exit.
process.once('exit', killAll);
process.once('SIGTERM', () => process.exit(128 + 15));

/** Starts a component. Each is stopped by its process id, never by its name. */
export function startProgram({ name, path, args, folder, env = {} }: ProgramOptions): Program {
  const log = `${folder}/${name}.log`;
  const file = openSync(log, 'a');
  const child = spawn(path, args, { cwd: folder, stdio: ['ignore', file, file], env: { ...process.env, ...env } });
  closeSync(file);
  running.add(child);
  let failure: string | undefined;
  child.once('error', ({ message }) => {
    failure = message;
  });
  child.once('exit', () => running.delete(child));
  const ended = () => {
    if (failure !== undefined) return `did not start: ${failure}`;
    if (child.exitCode !== null) return `ended with exit code ${child.exitCode}`;
    return child.signalCode === null ? undefined : `ended by ${child.signalCode}`;
  };
  async function end(signal: NodeJS.Signals, graceMs?: number): Promise<void> {
    if (ended() !== undefined) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    const force = graceMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), graceMs);
    await gone;
    clearTimeout(force);
  }
  return {
    name,
    pid: child.pid ?? 0,
    log,
    ended,
    stop: (graceMs = 5_000) => end('SIGTERM', graceMs),
    kill: () => end('SIGKILL'),
  };
}

/** The last lines of a program's log, for a failure's message. */
export function lastLines({ name, log, ended }: Program, count = 15): string {
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-count);
  return `${name} ${ended() ?? 'is running'}; its last lines:\n${lines.join('\n')}`;
}
