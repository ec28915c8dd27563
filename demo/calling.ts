import { Agent, get } from 'node:http';

/** Calls with a key, counts them, and keeps a pace. */
export interface Caller {
  /** One call; resolves for any answer, rejects where there was none. Counted either way. */
  call(key: string): Promise<Answer>;
  tally(): Tally;
  /** Ends the connections. */
  close(): void;
}

/** As much of an answer as the SDK looks at to see that a key was refused. */
export interface Answer {
  readonly status: number;
  readonly headers: object;
}

/** Counted at the moment of the answer, each call by itself, retries included. */
export interface Tally {
  readonly calls: number;
  readonly failed: number;
  readonly failures: Readonly<Record<string, number>>;
}

const TIMEOUT_MS = 10_000;

/** A client with keep-alive connections for one URL. */
export function createCaller(url: string): Caller {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const failures: Record<string, number> = {};
  let calls = 0;
  let failed = 0;

  function count(failure: string | undefined): void {
    calls += 1;
    if (failure === undefined) return;
    failed += 1;
    failures[failure] = (failures[failure] ?? 0) + 1;
  }
  return {
    call: (key) =>
      new Promise((resolve, reject) => {
        const request = get(url, { agent, headers: { authorization: `Bearer ${key}` } }, (response) => {
          const { statusCode: status = 0, headers } = response;
          response.resume();
          response.once('error', fail);
          response.once('end', () => {
            count(status >= 200 && status < 300 ? undefined : String(status));
            resolve({ status, headers });
          });
        });
        const fail = (error: Error) => {
          count('code' in error ? String(error.code) : error.name);
          reject(error);
        };
        request.setTimeout(TIMEOUT_MS, () => request.destroy(new Error('timeout')));
        request.once('error', fail);
      }),
    tally: () => ({ calls, failed, failures }),
    close: () => agent.destroy(),
  };
}

/** Calls back `perSecond` times a second on average; catches up after a pause of the machine. Returns how to end it. */
export function pace(perSecond: number, now: () => number, callback: () => void): () => void {
  const start = now();
  let done = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((now() - start) / 1000) * perSecond);
    for (; done < due; done += 1) callback();
  }, 1000 / perSecond);
  return () => clearInterval(timer);
}
