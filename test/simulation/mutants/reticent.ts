import type { Mutant } from './mutant.ts';

/** Keys of issuers that do not say which key they are shown. */
export const RETICENT_MUTANTS: readonly Mutant[] = [
  {
    id: 'RT1',
    says: 'a text that the issuer accepts is taken for the key that the marker beside it names',
    edits: [
      {
        file: 'src/operator/rotation/act/recovery.ts',
        from: 'verify(key, { keyID: marker.keyID }));',
        to: 'verify(key, { keyID: marker.keyID, fingerprint: fingerprintAt(reading) }));',
      },
    ],
    guard: {
      invariant: 'S8',
      plan: 'race-planted-marker-misnamed-at-recovery/reticent/Vault/2/21/8.crash-after+12.meanwhile',
    },
  },
  {
    id: 'RT2',
    says: 'an issuer is not told at step 7 which key status recorded with the text that it is shown',
    edits: [
      {
        file: 'src/operator/rotation/gather/keys.ts',
        from: '.verify(key, rotation?.newKey));',
        to: '.verify(key));',
      },
    ],
    guard: { invariant: 'L1', plan: 'requested-reticent/reticent/Vault/1/17/none' },
  },
  {
    id: 'RT3',
    says: 'what a person accepts after a restore is not told to the issuer',
    edits: [
      {
        file: 'src/operator/rotation/gather/identity.ts',
        from: 'return isAccepted(facts, stored?.marker) ? { keyID: named, fingerprint: print } : { keyID: named };',
        to: 'return { keyID: named };',
      },
    ],
    guard: { invariant: 'L1', plan: 'restored-status-reticent/reticent/Vault/1/17/none' },
  },
];
