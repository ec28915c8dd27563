import { freePort } from '../components/free-port.ts';
import type { World, WorldOperator, WorldOperatorOptions } from './world.ts';

/** The operator as a Deployment keeps it: at the same addresses after each restart. */
export interface KeptOperator {
  readonly reportsURL: string;
  readonly probesURL: string;
  /** The process of now. */
  present(): WorldOperator;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM, with its grace period. */
  stop(): Promise<void>;
  /** Starts it again; resolves when it serves. */
  start(): Promise<void>;
  /** What its metrics say: the sum of all samples of that name whose labels contain these. */
  metric(name: string, labels?: string): Promise<number>;
  /** Every time that it ended although nobody asked it to. */
  readonly deaths: readonly string[];
}

const GRACE_MS = 30_000;

/** Starts it. */
export async function keepOperator(world: World, options: WorldOperatorOptions = {}): Promise<KeptOperator> {
  const [probes, reports] = [await freePort(), await freePort()];
  const ports = ['--probe-port', String(probes), '--reports-port', String(reports)];
  const probesURL = `http://127.0.0.1:${probes}`;
  const deaths: string[] = [];
  const launch = () =>
    world.operator({
      ...options,
      flags: [...ports, ...(options.flags ?? [])],
      onDeath: (how) => deaths.push(how),
    });
  let present = await launch();
  return {
    reportsURL: `http://127.0.0.1:${reports}`,
    probesURL,
    present: () => present,
    kill: () => present.kill(),
    stop: () => present.stop(GRACE_MS),
    async start() {
      present = await launch();
    },
    async metric(name, labels = '') {
      const text = await (await fetch(`${probesURL}/metrics`)).text();
      const samples = text.split('\n').filter((line) => /[{ ]/.test(line.charAt(name.length)) && line.startsWith(name));
      return samples
        .filter((line) => line.includes(labels))
        .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    },
    deaths,
  };
}
