import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ConsumerConfig, FromConsumer, ToConsumer } from './consumer-messages.ts';
import type { Output } from './leak-scan.ts';

/** The consumer processes, one a pod. */
export interface Fleet {
  /** Loads the key and begins to call. */
  start(pod: string, config: ConsumerConfig): void;
  /** To all of them. */
  tell(message: ToConsumer): void;
  /** What they wrote so far. */
  outputs(): readonly Output[];
  /** Kills them, each by its id, and waits until they are gone. */
  close(): Promise<void>;
}

/** Who hears of the fleet. */
export interface FleetObserver {
  readonly onMessage: (pod: string, message: FromConsumer) => void;
  /** A process ended that should not have. */
  readonly onDeath: (pod: string) => void;
}

const PROGRAM = fileURLToPath(new URL('./consumer.ts', import.meta.url));

/** Starts a process for each pod; they idle until `start`. */
export function openFleet(pods: readonly { readonly name: string }[], observer: FleetObserver): Fleet {
  let closing = false;
  const texts = new Map<string, string>();
  const children = new Map(pods.map(({ name }) => [name, launch(name)]));

  function launch(pod: string): ChildProcess {
    const child = fork(PROGRAM, [], { execArgv: [], silent: true });
    const keep = (chunk: Buffer) => texts.set(pod, (texts.get(pod) ?? '') + chunk);
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('message', (message) => observer.onMessage(pod, message as FromConsumer));
    child.on('error', () => {});
    child.once('exit', () => {
      if (!closing) observer.onDeath(pod);
    });
    return child;
  }
  function send(child: ChildProcess | undefined, message: ToConsumer): void {
    if (child?.connected) child.send(message);
  }
  return {
    start: (pod, config) => send(children.get(pod), { type: 'start', config }),
    tell: (message) => {
      for (const child of children.values()) send(child, message);
    },
    outputs: () => [...texts].map(([pod, text]) => ({ channel: `output of ${pod}`, text })),
    close: async () => {
      closing = true;
      await Promise.all([...children.values()].map(end));
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
