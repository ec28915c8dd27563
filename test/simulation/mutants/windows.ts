import type { Mutant } from './mutant.ts';

/** Windows of the schedule. */
export const WINDOW_MUTANTS: readonly Mutant[] = [
  {
    id: 'X70',
    says: 'windows hold back rotations, but not what ends in a revocation',
    edits: [
      {
        file: 'src/rotation/rules/window.ts',
        from: "if (schedule.type !== 'Valid' || !schedule.window) return undefined;",
        to: "if (schedule.type !== 'Valid' || !schedule.window || schedule.next) return undefined;",
      },
    ],
    guard: { invariant: 'WINDOW', plan: 'in-windows/replay-id/Vault/1/17/20.pause' },
  },
  {
    id: 'X71',
    says: 'a revocation that was decided within a window is tried again when that is over',
    edits: [
      {
        file: 'src/rotation/rules/revoking.ts',
        from: 'awaitWindow(facts, rotation, intent) ??',
        to: '(intent.basis ? undefined : awaitWindow(facts, rotation, intent)) ??',
      },
    ],
    guard: { invariant: 'WINDOW', plan: 'in-windows/replay-id/Vault/1/17/26.cut' },
  },
  {
    id: 'X72',
    says: 'a tick that came while no window was open is taken at once',
    edits: [
      {
        file: 'src/rotation/held-start.ts',
        from: 'behindTwin(facts, current) ?? outsideWindow(facts, trigger)',
        to: 'behindTwin(facts, current) ?? (trigger.tick ? undefined : outsideWindow(facts, trigger))',
      },
      {
        file: 'src/schedule/schedule-at.ts',
        from: 'return !opening || opening.opensMs <= firingMs ? firingMs : opening.spreadMs;',
        to: 'return !opening || firingMs > 0 ? firingMs : opening.spreadMs;',
      },
    ],
    guard: { invariant: 'WINDOW', plan: 'in-windows/replay-id/Vault/1/17/none' },
  },
];
