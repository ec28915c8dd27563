import '../bin/require-node.js';
import type { FromConsumer, ToConsumer } from './consumer-messages.ts';
import { type RunningPod, runPod } from './pod.ts';

// The process of one pod. Started by consumers.ts, which it talks to over IPC; its log goes to standard output, as in a
// pod.

function send(message: FromConsumer): void {
  process.send?.(message);
}

let running: RunningPod | undefined;
process.on('message', (message: ToConsumer) => {
  if (message.type === 'start') running = runPod(message.config, { send, write: (line) => console.log(line) });
  else if (message.type === 'stop') void running?.stop();
  else running?.resume();
});
// Ctrl-C reaches every process of the terminal; this one ends with the one that started it.
process.on('SIGINT', () => {});
process.once('disconnect', () => process.exit(0));
send({ type: 'ready' });
