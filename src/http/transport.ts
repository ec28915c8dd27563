import type { LookupFunction } from 'node:net';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { systemClock } from '../runtime/clock.ts';
import { assertHostAllowed, createGuardedLookup } from './addresses.ts';
import { exchange, type WholeAnswer } from './exchange.ts';
import { DEFAULT_TIMEOUTS, type HttpTimeouts, MAX_CONNECTIONS_PER_HOST, MAX_RESPONSE_BYTES } from './limits.ts';
import { createPrivateCheck, type PrivateNetworks } from './private-networks.ts';

/** No connection was made, hence nothing was sent: a call surely had no effect. */
export class NotConnectedError extends Error {
  override readonly name = 'NotConnectedError';
  /** Node's or undici's code of what stopped it: ECONNREFUSED, ENOTFOUND, UND_ERR_CONNECT_TIMEOUT, ADDRESS_DENIED. */
  readonly code: string;

  constructor(cause: Error) {
    super(cause.message, { cause });
    this.code = 'code' in cause && typeof cause.code === 'string' ? cause.code : 'CONNECT_FAILED';
  }
}

/** Connections of the process: one keep-alive pool a host, shared by all clients that are made with it. */
export interface HttpTransport {
  /** Sends a request and resolves with the whole answer; rejects as `exchange` does. */
  exchange(request: Dispatcher.DispatchOptions): Promise<WholeAnswer>;
  /** Lets calls in flight end, then closes all connections. */
  close(): Promise<void>;
}

/** What can be set: time-outs, PEM certificates to trust instead of the system's, and for tests the resolver. */
export interface HttpTransportOptions {
  readonly timeouts?: HttpTimeouts;
  readonly maxResponseBytes?: number;
  readonly ca?: string;
  /** Private networks that are called; all where nothing is said. */
  readonly privateNetworks?: PrivateNetworks;
  readonly resolve?: LookupFunction;
  /** The one host that may be called at an address that is otherwise denied; asked at connect time. */
  readonly exempt?: () => string;
}

/** One a process: the composition root makes it and hands it to every client. It follows no redirect. */
export function createHttpTransport(options: HttpTransportOptions = {}): HttpTransport {
  const { timeouts = DEFAULT_TIMEOUTS, maxResponseBytes = MAX_RESPONSE_BYTES } = options;
  const dispatcher = new Agent({
    connect: createConnector(timeouts, options),
    connections: MAX_CONNECTIONS_PER_HOST,
    pipelining: 1,
    allowH2: false,
    headersTimeout: timeouts.headersMs,
    bodyTimeout: timeouts.bodyMs,
    maxResponseSize: maxResponseBytes,
  });
  const bounds = { timeoutMs: timeouts.callMs, clock: systemClock };
  return { exchange: (request) => exchange(dispatcher, request, bounds), close: () => dispatcher.close() };
}

function createConnector(
  timeouts: HttpTimeouts,
  { ca, privateNetworks = 'All', resolve, exempt }: HttpTransportOptions,
): buildConnector.connector {
  const isForbidden = createPrivateCheck(privateNetworks);
  const lookup = createGuardedLookup(resolve, isForbidden);
  const connect = buildConnector({
    timeout: timeouts.connectMs,
    allowH2: false,
    lookup,
    ...(ca === undefined ? {} : { ca }),
  });
  return (options, callback) => {
    try {
      assertHostAllowed(options.hostname, isForbidden, exempt?.());
    } catch (error) {
      return callback(new NotConnectedError(asError(error)), null);
    }
    connect(options, (error, socket) => {
      if (error) callback(new NotConnectedError(error), null);
      else callback(null, socket);
    });
  };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('connection refused');
}
