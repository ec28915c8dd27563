import type { ServerResponse } from 'node:http';
import { StatusError } from '../engine/status.ts';
import { errorReply, send } from './message.ts';
import type { WatchStream } from './watch-stream.ts';

/**
 * What goes wrong with a request: answered by an error; the connection dies before (`drop`) or after (`drop-answer`)
 * the request took effect; never answered (`hang`).
 */
export type Fault = { type: 'status'; code: number; reason?: string } | { type: 'drop' | 'drop-answer' | 'hang' };

/** Which requests fail, and how many of them (default 1). */
interface FaultRule {
  matches: (request: { method: string; path: string }) => boolean;
  fault: Fault;
  times?: number;
}

/** Makes the server misbehave, for tests. */
export interface Faults {
  /** Adds a rule; the returned function takes it back. */
  inject(rule: FaultRule): () => void;
  /** Breaks the connections of all open watches. */
  cutWatches(): void;
  /** Ends all open watches with an in-stream 410. */
  expireWatches(): void;
  /** Leaves all open watches connected and silent for ever, as a half-open connection is. */
  freezeWatches(): void;
}

/** The server's side of the faults. */
export interface FaultBox extends Faults {
  /** The fault for a request, counted as used. */
  take(method: string, path: string): Fault | undefined;
  readonly watches: Set<WatchStream>;
}

/** Creates a box without faults. */
export function createFaultBox(): FaultBox {
  const rules = new Set<{ rule: FaultRule; left: number }>();
  const watches = new Set<WatchStream>();
  const forAll = (act: (watch: WatchStream) => void) => {
    for (const watch of watches) act(watch);
  };
  return {
    watches,
    inject(rule) {
      const entry = { rule, left: rule.times ?? 1 };
      rules.add(entry);
      return () => rules.delete(entry);
    },
    take(method, path) {
      const entry = [...rules].find(({ rule }) => rule.matches({ method, path }));
      if (!entry) return undefined;
      entry.left -= 1;
      if (entry.left <= 0) rules.delete(entry);
      return entry.rule.fault;
    },
    cutWatches: () => forAll((watch) => watch.cut()),
    expireWatches: () => forAll((watch) => watch.expire()),
    freezeWatches: () => forAll((watch) => watch.freeze()),
  };
}

/** Lets a fault act before the request is handled. Returns true when the request goes on. */
export function actBefore(fault: Fault | undefined, response: ServerResponse): boolean {
  if (fault === undefined || fault.type === 'drop-answer') return true;
  if (fault.type === 'drop') response.destroy();
  if (fault.type === 'status') {
    send(response, errorReply(new StatusError(fault.code, fault.reason ?? '', `injected fault: ${fault.code}`)));
  }
  return false;
}
