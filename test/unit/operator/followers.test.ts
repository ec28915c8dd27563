import { describe, expect, test } from 'vitest';
import type { ApiKeyRotation } from '../../../src/api/types.ts';
import { concernedBy } from '../../../src/operator/rotation/followers.ts';

/** Rotations by their names, each with the one that it waits for; those in capitals are told that their spec is invalid. */
function concerned(changed: string, waits: Readonly<Record<string, string>>): string[] {
  const objects = Object.keys(waits).map((name) => {
    const reason = name === name.toUpperCase() ? 'InvalidSpec' : 'Idle';
    const status = { conditions: [{ type: 'Rotating', status: 'False', reason, message: '' }] };
    return { metadata: { namespace: 'team', name }, status } as object as ApiKeyRotation;
  });
  const followersOf = ({ metadata }: ApiKeyRotation) =>
    objects.filter(({ metadata: { name } }) => waits[name] === metadata.name);
  const found = objects.find(({ metadata }) => metadata.name === changed) ?? expect.fail('there is none');
  return concernedBy(found, followersOf).map(({ metadata }) => metadata.name);
}

describe('a change of a rotation', () => {
  const rows: readonly [string, string, Readonly<Record<string, string>>, readonly string[]][] = [
    ['concerns those that wait for it', 'c', { a: 'c', b: 'c', c: '', d: 'a' }, ['a', 'b']],
    ['concerns all of a circle that it has ended', 'C', { A: 'B', B: 'C', C: '' }, ['B', 'A']],
    ['and those beyond one that shows something else', 'C', { A: 'b', b: 'C', C: '' }, ['b', 'A']],
    ['concerns each once, in a circle that stands', 'C', { A: 'B', B: 'C', C: 'A' }, ['B', 'A']],
    ['does not concern it itself twice', 'A', { A: 'A' }, []],
  ];
  test.each(rows)('%s', (_what, changed, waits, names) => expect(concerned(changed, waits)).toEqual(names));

  test('concerns nobody that is more than a hundred steps behind', () => {
    const waits = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`R${at}`, at === 0 ? '' : `R${at - 1}`]));
    expect(concerned('R0', waits)).toHaveLength(100);
  });
});
