import type { KubeObject } from '../../../sandbox/kube/engine/object.ts';

/** An open watch: events come in order, one a call; `ended` resolves when the stream is over, however that came. */
export interface Watch {
  next(): Promise<WatchEvent>;
  readonly ended: Promise<void>;
  close(): void;
}

/** One line of the stream; an ERROR's object is a Status. */
export interface WatchEvent {
  readonly type: string;
  readonly object: KubeObject & { code: number; reason: string };
}

/** Opens it at a full URL; rejects when it is not answered with 200. */
export async function openWatch(url: string): Promise<Watch> {
  const abort = new AbortController();
  const response = await fetch(url, { signal: abort.signal });
  if (!response.ok || !response.body) throw new Error(`watch answered ${response.status}`);
  const events: WatchEvent[] = [];
  const waiting: (() => void)[] = [];
  const read = async () => {
    for await (const line of lines(response.body as ReadableStream<Uint8Array>)) {
      events.push(JSON.parse(line));
      waiting.shift()?.();
    }
  };
  const next = async () => {
    if (events.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    const event = events.shift();
    if (!event) throw new Error('the watch woke without an event');
    return event;
  };
  return { next, ended: read().catch(() => {}), close: () => abort.abort() };
}

async function* lines(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    yield* parts.filter((part) => part !== '');
  }
}
