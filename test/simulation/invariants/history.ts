import type { ApiKeyRotation } from '../../../src/api/types.ts';
import { callOf } from '../kernel/faults.ts';
import { type Circumstances, type Happening, type Key, Ledger } from '../ledger/ledger.ts';
import type { Invariant } from './invariant.ts';

/** One line of a history made by hand: when, in seconds; by whom; what. */
export type Line = readonly [seconds: number, by: string, happening: Happening];

/** What an invariant says of a history, line by line: the problems in their order. */
export function judge(
  { on, broken }: Invariant,
  lines: readonly Line[],
  circumstances: Partial<Circumstances> = {},
): string[] {
  const problems: string[] = [];
  let now = 0;
  const whole = {
    installation: 'sim',
    issuer: { replay: 'ID', list: true },
    operators: 1,
    elected: false,
    issueCallsPerHour: 6,
    epoch: 0,
  } as const;
  const ledger = new Ledger(
    { ...whole, ...circumstances },
    () => now,
    (entry) => {
      const problem = on.includes(entry.type) ? broken(entry, ledger) : undefined;
      if (problem !== undefined) problems.push(problem);
    },
  );
  for (const [seconds, by, happening] of lines) {
    now = seconds * 1_000;
    ledger.add(by, happening);
  }
  return problems;
}

/** Somebody decides to make this call. */
export function begins(name: string, detail = ''): Happening {
  return { type: 'Begun', call: callOf(name, detail) };
}

/** The key of the n-th revision of object `uid`. */
export function keyOf(revision: number, lives = true): Key {
  const id = `k${revision}`;
  const label = `sim/uid/${revision}.1`;
  return { id, text: `text-${id}`, fingerprint: `print-${id}`, label, alive: () => lives };
}

/** The object with this status. */
export function objectWith(status: object, spec: object = {}): ApiKeyRotation {
  const whole = { metadata: { name: 'apio', uid: 'uid' }, spec: { targets: [], ...spec }, status };
  return whole as unknown as ApiKeyRotation;
}

/** The status is written by compare-and-set. */
export function commits(before: object, after: object, spec?: object): Happening {
  return { type: 'StatusWritten', before: objectWith(before, spec), after: objectWith(after, spec), guarded: true };
}

/** A target gets this key. */
export function serves({ id, text }: Key, path = 'apio'): Happening {
  const marker = { installation: 'sim', uid: 'uid', revision: 1, attempt: 1, keyID: id };
  return { type: 'TargetWritten', path, before: undefined, after: { version: '1', text, marker } };
}
