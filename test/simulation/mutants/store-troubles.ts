import type { Mutant } from './mutant.ts';

const LOOKS = 'src/operator/rotation/gather/looks.ts';

/** What a store that answers, and answers no or too late, must not be taken for. */
export const STORE_TROUBLE_MUTANTS: readonly Mutant[] = [
  {
    id: 'X50',
    says: 'a target that cannot be read, because a right was lost or the store is sealed, is left out of the look at all targets',
    edits: [
      {
        file: LOOKS,
        from: 'return Promise.all(targets.map((target) => read(target, references.store(namespaceOf(facts), target))));',
        to: "return Promise.allSettled(targets.map((target) => read(target, references.store(namespaceOf(facts), target)))).then((looks) => looks.flatMap((look) => (look.status === 'fulfilled' ? [look.value] : [])));",
      },
    ],
    guard: { invariant: 'S4', plan: 'requested/replay-id/Vault/2/17/7.forbidden' },
  },
  {
    id: 'X51',
    says: 'a fence that finds another version than was read, because that was read too late, counts as written',
    edits: [
      {
        file: 'src/operator/rotation/act/recovery.ts',
        from: "if (error instanceof CallError && error.outcome === 'conflict') return false;",
        to: "if (error instanceof CallError && error.outcome === 'conflict') return true;",
      },
    ],
    guard: { invariant: 'S14', plan: 'requested/replay-id/Vault/1/17/6.crash-after+12.lagging' },
  },
];
