import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { CannedAnswer, Fate } from './api-proxy.ts';

/** One request that a proxy holds, and its answer as far as it came. */
export interface Exchange {
  /** The client's connection stays; it hears nothing more. */
  freeze(): void;
  /** Resets the client's connection. */
  cut(): void;
}

/** What happens to the request, and how it gets to the server. */
export interface ExchangeOptions {
  /** Default: it is passed on. */
  readonly fate: Fate | undefined;
  readonly forward: () => ClientRequest;
}

const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding'];

/** Passes a request on and its answer back, as fate has it. */
export function createExchange(
  incoming: IncomingMessage,
  response: ServerResponse,
  { fate, forward }: ExchangeOptions,
): Exchange {
  let isFrozen = fate?.kind === 'freeze';
  let outgoing: ClientRequest | undefined;
  const exchange: Exchange = {
    freeze() {
      isFrozen = true;
    },
    cut() {
      response.socket?.resetAndDestroy();
    },
  };
  // A client that goes takes its request along, but not one that is to be carried out whoever hears the answer.
  const abandon = () => fate?.kind === 'lose-answer' || outgoing?.destroy();
  response.on('close', abandon);
  // A reset by either side ends the exchange; the server's is passed on, as the client would have met it.
  incoming.on('error', abandon);
  if (fate?.kind === 'answer') {
    incoming.resume();
    answerWith(response, fate.answer);
  } else if (fate?.kind === 'drop') {
    exchange.cut();
  } else if (isFrozen) {
    incoming.resume();
  } else {
    outgoing = incoming.pipe(forward());
    outgoing.on('error', () => isFrozen || exchange.cut());
    outgoing.on('response', (answer) => {
      const pass = () => passOn(answer, response, { isFrozen: () => isFrozen, cut: exchange.cut });
      if (fate?.kind === 'lose-answer') exchange.cut();
      else if (fate?.kind === 'delay') setTimeout(pass, fate.ms);
      else pass();
    });
  }
  return exchange;
}

function answerWith(response: ServerResponse, { status, body, headers }: CannedAnswer): void {
  response.writeHead(status, { ...(body && { 'content-type': 'application/json' }), ...headers });
  response.end(body && JSON.stringify(body));
}

/** By hand rather than by a pipe, so that freezing can set in between two chunks, and the end be withheld. */
function passOn(
  answer: IncomingMessage,
  response: ServerResponse,
  { isFrozen, cut }: { isFrozen: () => boolean; cut: () => void },
): void {
  const headers = Object.entries(answer.headers).filter(([name]) => !HOP_BY_HOP.includes(name));
  if (!isFrozen()) response.writeHead(answer.statusCode ?? 502, Object.fromEntries(headers)).flushHeaders();
  answer.on('data', (chunk) => isFrozen() || response.write(chunk));
  answer.on('end', () => isFrozen() || response.end());
  answer.on('error', () => isFrozen() || cut());
}
