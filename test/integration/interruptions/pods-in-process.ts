import type { ConsumerConfig, FromConsumer } from '../../../demo/consumer-messages.ts';
import type { Output } from '../../../demo/leak-scan.ts';
import { type RunningPod, runPod } from '../../../demo/pod.ts';

/** The demo's pods within this process: many stories can be told where a process for each pod would cost too much. */
export interface PodsInProcess {
  start(config: ConsumerConfig): void;
  /** Ends all calls and tells the counts. */
  stop(): void;
  outputs(): readonly Output[];
  close(): Promise<void>;
}

/** No pod yet. */
export function createPodsInProcess(onMessage: (pod: string, message: FromConsumer) => void): PodsInProcess {
  const pods: RunningPod[] = [];
  const texts = new Map<string, string>();
  return {
    start(config) {
      const { pod } = config;
      const write = (line: string) => texts.set(pod, `${texts.get(pod) ?? ''}${line}\n`);
      pods.push(runPod(config, { send: (message) => onMessage(pod, message), write }));
    },
    stop: () => void Promise.all(pods.map((pod) => pod.stop())),
    outputs: () => [...texts].map(([pod, text]) => ({ channel: `log of ${pod}`, text })),
    close: async () => {
      await Promise.all(pods.map((pod) => pod.close()));
    },
  };
}
