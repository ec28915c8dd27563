import { type OperatorProcess, startOperator } from '../../../demo/operator-process.ts';

/** The operator as a Deployment of one replica keeps it: started again, at the same addresses. */
export interface RestartedOperator {
  readonly addresses: OperatorProcess['addresses'];
  /** Ends it by the signal, and starts it again once it is gone. Resolves between the two with what `whileGone` answers. */
  interrupt<Seen>(signal: 'SIGKILL' | 'SIGTERM', whileGone: () => Seen): Promise<Seen>;
  lines(): readonly string[];
  stop(): Promise<void>;
}

/** Who hears of it. */
export interface RestartedOperatorOptions {
  readonly kubeconfig: string;
  readonly onLine: () => void;
  readonly onDeath: (how: string) => void;
}

const GRACE_MS = 10_000;
/** Nobody else works here, and a lease would hold up the next process for longer than a story takes. */
const FLAGS = [
  '--leader-elect=false',
  '--take-over-after',
  '1s',
  '--sweep-delay',
  '1s',
  '--issue-calls-per-hour',
  '30',
];

/** Starts it. */
export function keepOperator(options: RestartedOperatorOptions): RestartedOperator {
  const past: string[] = [];
  let present = startOperator({ ...options, flags: FLAGS });
  return {
    addresses: () => present.addresses(),
    async interrupt(signal, whileGone) {
      const ports = Object.entries(present.addresses() ?? {}).map(([name, url]) => [portFlag(name), new URL(url).port]);
      await (signal === 'SIGKILL' ? present.kill() : present.stop(GRACE_MS));
      past.push(...present.lines());
      const seen = whileGone();
      present = startOperator({ ...options, flags: [...FLAGS, ...ports.flat()] });
      return seen;
    },
    lines: () => [...past, ...present.lines()],
    stop: () => present.stop(GRACE_MS),
  };
}

function portFlag(name: string): string {
  return name === 'probes' ? '--probe-port' : '--reports-port';
}
