import type { Entry } from '../ledger/ledger.ts';
import type { Actor } from './line.ts';

/** Short names for what has long ones in a history. */
export interface Names {
  /** `A` for the first process, `A2` for the one that is started when it died. */
  actor(process: string): Actor;
  /** `K1` for the first key that was issued. */
  key(id: string | undefined): string;
  keyOfFingerprint(print: string | undefined): string;
  keyOfText(text: string | undefined): string;
  /** A sentence with the short names in it. */
  inWords(sentence: string): string;
}

export function namesIn(history: readonly Entry[]): Names {
  const keys = history.flatMap((entry) => (entry.type === 'Issued' ? [entry.key] : []));
  const actors = actorsIn(history);
  const name = (index: number) => (index < 0 ? 'nothing' : `K${index + 1}`);
  return {
    actor: (process) => actors.get(process) ?? process,
    key: (id) => name(keys.findIndex((key) => key.id === id)),
    keyOfFingerprint: (print) => name(keys.findIndex((key) => key.fingerprint === print)),
    keyOfText: (text) => name(keys.findIndex((key) => key.text === text)),
    inWords: (sentence) =>
      sentence
        .replace(/key_\w+/g, (id) => name(keys.findIndex((key) => key.id === id)))
        .replace(/\S+\/(\d+\.\d+)/g, '$1'),
  };
}

/** The kernel numbers processes as it starts them, and starts one for each that dies, in that order. */
function actorsIn(history: readonly Entry[]): ReadonlyMap<string, Actor> {
  const dead = history.flatMap(({ type, by }) => (type === 'ProcessDied' ? [by] : []));
  const processes = [...new Set(history.flatMap(({ by }) => (/^op\d+$/.test(by) ? [by] : [])))];
  const numbers = processes.map((process) => Number(process.slice(2)));
  const atFirst = Math.max(...numbers) - dead.length;
  const actors = new Map<string, Actor>();
  for (let number = 1; number <= atFirst + dead.length; number += 1) {
    const former = actors.get(dead[number - atFirst - 1] ?? '');
    actors.set(`op${number}`, former === undefined ? String.fromCharCode(64 + number) : again(former));
  }
  return actors;
}

function again(actor: Actor): Actor {
  return `${actor[0]}${Number(actor.slice(1) || '1') + 1}`;
}
