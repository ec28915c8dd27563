import type { Mutant } from './mutant.ts';

/** What is done about what somebody else has changed at a target. */
export const DRIFT_MUTANTS: readonly Mutant[] = [
  {
    id: 'D1',
    says: 'what has drifted is repaired, whatever spec says',
    edits: [
      {
        file: 'src/rotation/repair-limit.ts',
        from: "return object.spec.onDrift === 'Repair';",
        to: 'return object.spec !== undefined;',
      },
    ],
    guard: { invariant: 'S5', plan: 'drift-reported/replay-id/Vault/1/17/none' },
  },
  {
    id: 'D2',
    says: 'a repair that comes late writes over the key of a newer attempt',
    edits: [
      {
        file: 'src/rotation/replacement.ts',
        from: "if (order < 0) return { type: 'Replace' };",
        to: "if (order !== 0) return { type: 'Replace' };",
      },
    ],
    guard: { invariant: 'S5', plan: 'race-late-repair/replay-id/Vault/2/21/29.pause' },
  },
  {
    id: 'D3',
    says: 'a repair replaces what stands there now, not what was seen and recorded',
    edits: [
      {
        file: 'src/operator/rotation/act/repair.ts',
        from: 'recordedAt: (target) => recordedAt(target, statusOf(facts)),',
        to: `recordedAt: (target) => [
        ...recordedAt(target, statusOf(facts)),
        ...wrong.filter((reading) => reading.target === target).map(targetFact) as [],
      ],`,
      },
    ],
    guard: { invariant: 'S5', plan: 'race-overtaken-repair/replay-id/Vault/2/21/22.meanwhile' },
  },
  {
    id: 'D4',
    says: 'repairs go on without end against a writer that always comes back',
    edits: [
      {
        file: 'src/rotation/rules/drifted.ts',
        from: 'return recentRepairs(facts).length < MAX_REPAIRS && pauseEnd(facts) <= Date.parse(facts.time.stamp);',
        to: 'return pauseEnd(facts) <= Date.parse(facts.time.stamp);',
      },
    ],
    guard: {
      test: 'test/unit/rotation/drifted.test.ts',
      name: 'a repair too many is told as an event of its own',
    },
  },
];
