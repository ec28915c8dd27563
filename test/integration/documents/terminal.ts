import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

const TOP = join(import.meta.dirname, '../../..');

/** A shell that somebody types into, in the project's folder. */
export interface Terminal {
  /** Types commands; answers all that they print, by the time that the last one has ended. */
  run(commands: string): Promise<string>;
  /** Types commands that do not end, and answers all that they have printed when this text is in it. Throws when the shell ends before. */
  until(commands: string, text: string): Promise<string>;
  /** Ctrl-C. */
  close(): Promise<void>;
}

export function openTerminal(): Terminal {
  // A group of its own, which gets the signal as what runs in a terminal does.
  const child = spawn('sh', [], { cwd: TOP, detached: true });
  let printed = '';
  let onPrinted = () => {};
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      printed += chunk;
      onPrinted();
    });

  async function until(commands: string, text: string): Promise<string> {
    printed = '';
    child.stdin.write(commands);
    const seen = new Promise<void>((resolve) => {
      onPrinted = () => printed.includes(text) && resolve();
    });
    const ended = gone.then(() => {
      throw new Error(`the shell ended before it printed ${text}: ${printed}`);
    });
    await Promise.race([seen, ended]);
    return printed;
  }

  return {
    until,
    run: async (commands) => {
      const end = `end ${randomUUID()}\n`;
      const all = await until(`{\n${commands}} 2>&1\nprintf '${end.trim()}\\n'\n`, end);
      return all.replace(end, '');
    },
    close: async () => {
      child.stdin.end();
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
      await gone;
    },
  };
}
