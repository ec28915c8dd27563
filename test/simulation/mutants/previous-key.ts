import type { Mutant } from './mutant.ts';

const PUBLICATION = 'src/operator/rotation/act/publication.ts';

/** The key before, where a target shows it. */
export const PREVIOUS_KEY_MUTANTS: readonly Mutant[] = [
  {
    id: 'PK1',
    says: 'a key that has leaked goes on being shown, as the key before',
    edits: [{ file: PUBLICATION, from: 'oldKey?.leaked ? undefined : replaced', to: 'replaced' }],
    guard: { invariant: 'S14', plan: 'previous-key-leaked/replay-id/Vault/1/17/none' },
  },
  {
    id: 'PK2',
    says: 'the key before is looked for in the field of the key alone: who publishes over an attempt of the same revision loses it',
    edits: [
      {
        file: PUBLICATION,
        from: 'Object.values(stored?.fields ?? {}) : [];',
        to: '[stored?.fields.key].filter((text) => text !== undefined) : [];',
      },
    ],
    guard: { invariant: 'S14', plan: 'previous-key/replay-id/Vault/1/17/7.crash-after' },
  },
  {
    id: 'PK3',
    says: 'whatever stood there is shown as the key before',
    edits: [
      {
        file: PUBLICATION,
        from: 'texts.find((text) => fingerprint(text) === oldKey?.fingerprint);',
        to: 'stored?.fields.key;',
      },
    ],
    guard: { invariant: 'S14', plan: 'previous-key/list-only/Vault/1/17/7.crash-after' },
  },
];
