import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { freePort } from './free-port.ts';
import { programPath } from './locate.ts';
import { lastLines, startProgram } from './program.ts';
import { until } from './until.ts';

/** Moto's Secrets Manager: one account, every region. */
export interface Moto {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts it on a free port, and resolves when it serves. */
export async function startMoto(): Promise<Moto> {
  const folder = await mkdtemp(`${tmpdir()}/akr-moto-`);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = ['-H', '127.0.0.1', '-p', String(port)];
  const program = startProgram({ name: 'moto_server', path: programPath('moto_server'), folder, args });
  await until(async () => (await fetch(`${url}/moto-api/data.json`)).ok, {
    what: 'moto to be ready',
    timeoutMs: 30_000,
    last: () => lastLines(program),
  });
  return {
    url,
    async stop() {
      await program.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
