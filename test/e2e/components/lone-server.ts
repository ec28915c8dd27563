import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { ComponentName } from './catalogue.ts';
import { programPath } from './locate.ts';
import { lastLines, type Program, startProgram } from './program.ts';
import { until } from './until.ts';

/** A component that needs no other one, in a folder of its own. */
export interface LoneServer {
  readonly program: Program;
  /** `keepLogs`: a test failed. */
  stop(options?: { readonly keepLogs?: boolean }): Promise<void>;
}

/** What to start, and how to see that it serves. */
export interface LoneServerOptions {
  readonly name: ComponentName;
  /** Makes the arguments, with the folder to keep files in. */
  readonly args: (folder: string) => Promise<readonly string[]> | readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly isReady: () => Promise<boolean>;
}

/** Starts it, and resolves when it serves; one that does not is ended, and its last lines are told. */
export async function startLoneServer({ name, args, env = {}, isReady }: LoneServerOptions): Promise<LoneServer> {
  const folder = await mkdtemp(`${tmpdir()}/akr-${name}-`);
  const program = startProgram({ name, path: programPath(name), args: await args(folder), folder, env });
  const stop: LoneServer['stop'] = async ({ keepLogs = false } = {}) => {
    await program.kill();
    if (keepLogs) console.error(`log of ${name}: ${program.log}`);
    else await rm(folder, { recursive: true, force: true });
  };
  try {
    await until(isReady, { what: `${name} to be ready`, timeoutMs: 30_000, last: () => lastLines(program) });
  } catch (error) {
    await stop({ keepLogs: true });
    throw error;
  }
  return { program, stop };
}
