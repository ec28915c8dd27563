import { Agent, fetch, type Response } from 'undici';
import type { Json } from '../../../sandbox/kube/engine/json.ts';

/** Where an API server is, and how to be its administrator. */
export interface Endpoint {
  readonly url: string;
  readonly ca?: string;
  readonly token?: string;
}

/** A request, ready to be sent. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly text?: string | undefined;
  readonly contentType?: string | undefined;
  readonly accept?: string | undefined;
  readonly token?: string | undefined;
}

/** What came back; a body that is no JSON is its text. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly warning?: string;
  readonly body?: Json;
  /** Of a watch: its events, and whether the server closed it. */
  readonly events?: Json[];
  readonly ended?: boolean;
}

/** Sends requests to one API server. */
export interface Client {
  send(request: Sent): Promise<Answer>;
  /** Reads events until there are enough or the server closes; `during` runs as soon as the watch is open. */
  watch(request: Sent, enough: (events: Json[]) => boolean, during: () => Promise<void>): Promise<Answer>;
  close(): Promise<void>;
}

const patienceMs = 20_000;

function head(response: Response): Pick<Answer, 'status' | 'contentType' | 'warning'> {
  const warning = response.headers.get('warning');
  const contentType = response.headers.get('content-type') ?? '';
  return { status: response.status, contentType, ...(warning !== null && { warning }) };
}

async function whole(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  return { ...head(response), body: isJson ? JSON.parse(text) : text };
}

async function* lines(response: Response): AsyncGenerator<Json> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of response.body ?? []) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) yield JSON.parse(part);
  }
  if (rest !== '') yield JSON.parse(rest);
}

/** Opens a pool of connections. */
export function createClient({ url, ca, token: administrator }: Endpoint): Client {
  // HTTP/1.1, because a server that restarts while idle closes its connections quietly there.
  const dispatcher = new Agent({ allowH2: false, ...(ca !== undefined && { connect: { ca } }) });
  const open = ({ method, path, text, contentType = 'application/json', accept, token = administrator }: Sent) =>
    fetch(url + path, {
      method,
      dispatcher,
      signal: AbortSignal.timeout(patienceMs),
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(text !== undefined && { 'content-type': contentType }),
        ...(accept !== undefined && { accept }),
      },
      ...(text !== undefined && { body: text }),
    });
  return {
    send: async (request) => whole(await open(request)),
    async watch(request, enough, during) {
      const response = await open(request);
      if (response.status !== 200) return whole(response);
      await during();
      const events: Json[] = [];
      if (enough(events)) return { ...head(response), events, ended: false };
      for await (const event of lines(response)) {
        events.push(event);
        if (enough(events)) return { ...head(response), events, ended: false };
      }
      return { ...head(response), events, ended: true };
    },
    close: () => dispatcher.destroy(),
  };
}
