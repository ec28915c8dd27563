import { PassThrough } from 'node:stream';
import type { KubeServer } from '../../../sandbox/kube/front/server.ts';
import { createNodeTransport } from '../../../src/cli/connection/node-transport.ts';
import type { ExitCode } from '../../../src/cli/exit.ts';
import { run } from '../../../src/cli/run.ts';
import { createSecretInput } from '../../../src/cli/secret-input.ts';
import { systemClock as clock } from '../../../src/runtime/clock.ts';
import { systemEntropy as entropy } from '../../../src/runtime/entropy.ts';
import { createHttpKubeApi } from '../../../src/runtime/kube/http-kube-api.ts';
import { createServerTime } from '../../../src/runtime/kube/server-time.ts';

/** What one call of the plugin printed, and how it ended. */
export interface Printed {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

/** How a call differs from one without input, by somebody who may do everything. */
export interface CallOptions {
  readonly input?: string;
  /** Of whoever calls; everything is allowed without one. */
  readonly token?: string;
  /** What this machine's clock says; the real time when absent. */
  readonly now?: () => number;
  /** Ends a `--watch`. */
  readonly signal?: AbortSignal;
  /** Called with all that was printed so far. */
  readonly onPrinted?: (out: string) => void;
}

/** Calls the plugin in this process, over HTTP; words are split at blanks. */
export async function callPlugin(
  { url }: Pick<KubeServer, 'url'>,
  words: string | readonly string[],
  { input = '', token, now = Date.now, signal = new AbortController().signal, onPrinted = () => {} }: CallOptions = {},
): Promise<Printed> {
  let [out, err] = ['', ''];
  const stdin = new PassThrough();
  stdin.end(input);
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const code = await run(typeof words === 'string' ? words.split(' ') : words, {
    streams: {
      write(text) {
        out += text;
        onPrinted(out);
      },
      writeAside: (text) => {
        err += text;
      },
      isTerminal: false,
      environment: {},
    },
    open(invocation) {
      const serverTime = createServerTime(clock);
      const connection = { server: url, namespace: 'payments', credentials: async () => ({ headers, tls: {} }) };
      const transport = createNodeTransport({ connection, clock, serverTime });
      return {
        session: {
          kube: createHttpKubeApi(transport, entropy, 'apikey-plugin'),
          serverTime,
          clock: { ...clock, now },
          namespace: invocation.text('namespace') ?? 'payments',
          allNamespaces: invocation.has('all-namespaces'),
          secretInput: createSecretInput(stdin, () => {}),
          signal,
        },
        close: () => transport.close(),
      };
    },
  });
  return { code, out, err };
}
