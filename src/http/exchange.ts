import type { Dispatcher } from 'undici';
import type { Clock } from '../runtime/clock.ts';

/** An answer that was read to its last byte. Names of headers are in lower case. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
}

/** How long an exchange may take, and what it may bring. */
export interface ExchangeBounds {
  /** From now to the last byte of the answer. */
  readonly timeoutMs: number;
  /** Where it is left out, the dispatcher's own bound holds. */
  readonly maxBytes?: number;
  readonly clock: Pick<Clock, 'schedule'>;
}

/** The time was over. Named as the one of AbortSignal.timeout. */
export class ExchangeExpired extends Error {
  override readonly name = 'TimeoutError';
  /** False where it waited for a connection until then: not a byte was sent, and none will be. */
  readonly mayBeSent: boolean;

  constructor(mayBeSent: boolean) {
    super('the time is over');
    this.mayBeSent = mayBeSent;
  }
}

/** The answer was longer than it may be. */
export class AnswerTooLarge extends Error {
  constructor(maxBytes: number) {
    super(`the answer is larger than ${maxBytes} bytes`);
  }
}

/**
 * Sends a request and resolves with the whole answer, whatever its status. Rejects with ExchangeExpired, AnswerTooLarge, or the
 * dispatcher's error. It is told of the parts of the answer by the dispatcher itself: a stream and an AbortSignal for each call would take
 * more time than all else that is done for it here.
 */
export function exchange(
  dispatcher: Pick<Dispatcher, 'dispatch'>,
  request: Dispatcher.DispatchOptions,
  { timeoutMs, maxBytes = Number.POSITIVE_INFINITY, clock }: ExchangeBounds,
): Promise<WholeAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let [status, headers]: [number, WholeAnswer['headers']] = [0, {}];
    let controller: Dispatcher.DispatchController | undefined;
    let failure: Error | undefined;
    const fail = (error: Error) => {
      cancel();
      failure ??= error;
      controller?.abort(failure);
      reject(failure);
    };
    const cancel = clock.schedule(timeoutMs, () => fail(new ExchangeExpired(controller !== undefined)));

    dispatcher.dispatch(request, {
      onRequestStart(started) {
        // It waited for a connection until its time was over. To abort it would close the connection, which is as good as before.
        if (failure) throw failure;
        controller = started;
      },
      onResponseStart(_, code, received) {
        [status, headers] = [code, received];
      },
      onResponseData(_, chunk) {
        size += chunk.length;
        chunks.push(chunk);
        if (size > maxBytes) fail(new AnswerTooLarge(maxBytes));
      },
      onResponseEnd() {
        cancel();
        resolve({ status, headers, bytes: joined(chunks) });
      },
      onResponseError: (_, error) => fail(error),
    });
  });
}

/** Settles as `work` does, which comes before a request is sent, or rejects with ExchangeExpired after `timeoutMs`. */
export function within<T>(work: Promise<T>, timeoutMs: number, clock: Pick<Clock, 'schedule'>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.schedule(timeoutMs, () => reject(new ExchangeExpired(false)));
    work.then(resolve, reject).finally(cancel);
  });
}

/** Most answers come in one piece. */
function joined(chunks: readonly Buffer[]): Buffer {
  const [first] = chunks;
  return first && chunks.length === 1 ? first : Buffer.concat(chunks);
}

/** As text in UTF-8, without a byte order mark. */
export function textOf({ bytes }: Pick<WholeAnswer, 'bytes'>): string {
  const text = bytes.toString('utf8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
