import { isObject, type Json } from '../../../sandbox/kube/engine/json.ts';
import type { Answer } from '../playing/client.ts';

/** Names resourceVersions by their order within a case. */
export interface Versions {
  /** `<rv 2>` for an object's, `<rv 2 or later>` for a collection's, which moves with the whole server. */
  name(version: string, isCollection: boolean): string;
  /** A message with the versions in it named. */
  inText(text: string): string;
}

function collect(value: Json | undefined, found: Set<number>): void {
  if (Array.isArray(value)) for (const item of value) collect(item, found);
  if (!isObject(value)) return;
  const { metadata } = value;
  if (isObject(metadata) && typeof metadata.resourceVersion === 'string' && metadata.uid !== undefined) {
    found.add(Number(metadata.resourceVersion));
  }
  for (const member of Object.values(value)) collect(member, found);
}

const inMessages =
  /(resource version: |ResourceVersion in (?:the )?(?:precondition|record) \(|ResourceVersion in (?:precondition|object meta): )(\d+)/g;

/** Ranks the versions of all objects that these answers show. */
export function createVersions(answers: readonly Answer[]): Versions {
  const found = new Set<number>();
  for (const { body, events } of answers) collect(events ?? body, found);
  const ranks = new Map([...found].sort((a, b) => a - b).map((version, index) => [version, index + 1]));
  const known = (version: string) => ranks.get(Number(version));
  return {
    name(version, isCollection) {
      const rank = known(version);
      if (rank !== undefined && !isCollection) return `<rv ${rank}>`;
      return `<rv ${[...found].filter((other) => other <= Number(version)).length} or later>`;
    },
    inText: (text) =>
      text
        .replace(/(resource version: \d+(?: \(|, current: ))\d+/g, '$1<rv of the server>')
        .replace(inMessages, (all, before: string, version: string) => {
          const rank = known(version);
          return rank === undefined ? all : `${before}<rv ${rank}>`;
        }),
  };
}
