import { type Newcomer, VAULT } from '../newcomer.ts';

/** The condition of the store; the rotation waits with the reason `StoreNotReady` and repeats the sentence. */
export function notReady(reason: string) {
  return { type: 'Condition', kind: 'KeyStore', condition: 'Ready', reason } as const;
}

/** Makes the rotation when the store's spec differs in this; corrected, it is as before. */
export function withVault(vault: object, right: object) {
  return {
    wrong: (newcomer: Newcomer) => {
      newcomer.change({ vault }, VAULT);
      return newcomer.create();
    },
    correct: (newcomer: Newcomer) => newcomer.change({ vault: right }, VAULT),
  };
}
