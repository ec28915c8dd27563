import { systemClock as clock } from '../runtime/clock.ts';
import { systemEntropy as entropy } from '../runtime/entropy.ts';
import { createHttpKubeApi } from '../runtime/kube/http-kube-api.ts';
import { createServerTime } from '../runtime/kube/server-time.ts';
import type { Invocation } from './command.ts';
import { connect } from './connection/connect.ts';
import { createNodeTransport } from './connection/node-transport.ts';
import { type Opened, run } from './run.ts';
import { createSecretInput } from './secret-input.ts';

/** Must not start with `kubectl`, which takes such managers for its own. */
const FIELD_MANAGER = 'apikey-plugin';

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
const writeAside = (text: string) => void process.stderr.write(text);

function open(invocation: Invocation): Opened {
  const connection = connect({
    kubeconfig: invocation.text('kubeconfig'),
    context: invocation.text('context'),
    environment: process.env,
    clock,
    isTerminal: process.stdin.isTTY === true,
  });
  const serverTime = createServerTime(clock);
  const transport = createNodeTransport({ connection, clock, serverTime });
  return {
    session: {
      kube: createHttpKubeApi(transport, entropy, FIELD_MANAGER),
      serverTime,
      clock,
      namespace: invocation.text('namespace') ?? connection.namespace ?? 'default',
      allNamespaces: invocation.has('all-namespaces'),
      secretInput: createSecretInput(process.stdin, writeAside),
      signal: interrupted.signal,
    },
    close: () => transport.close(),
  };
}

// Timers alone do not keep the process, and between two tries of a watch there is nothing else.
const keepAlive = setInterval(() => {}, 60_000);
// A reader that has seen enough, as `head` has, is no failure.
process.stdout.on('error', () => process.exit());

run(process.argv.slice(2), {
  streams: {
    write: (text) => void process.stdout.write(text),
    writeAside,
    isTerminal: process.stdout.isTTY === true,
    environment: process.env,
  },
  open,
}).then((exitCode) => {
  process.exitCode = exitCode;
  clearInterval(keepAlive);
});
