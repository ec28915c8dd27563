import type { Mutant } from './mutant.ts';

const DELIVERY = 'src/operator/rotation/act/delivery.ts';
const MISMATCH = 'src/operator/rotation/act/mismatch.ts';
const KUBERNETES_STORE = 'src/stores/kubernetes/kubernetes-store.ts';
const REPLACEMENT = 'src/rotation/replacement.ts';

/** What is written where consumers read. */
export const TARGET_MUTANTS: readonly Mutant[] = [
  {
    id: 'X24',
    says: 'a value of the same text counts as the recorded one, whoever wrote it',
    edits: [
      {
        file: 'src/rotation/replacement.ts',
        from: 'if (!target.versionsNameValues) return true;',
        to: 'return true;',
      },
    ],
    guard: { invariant: 'S5', plan: 'trap-same-text/replay-id/Vault/1/17/none' },
  },
  {
    id: 'M10',
    says: 'an own value at a target is taken for a foreign one',
    edits: [
      {
        file: REPLACEMENT,
        from: "if (order === 0 && holdsOurKey) return { type: 'Done' };",
        to: "if (order === 0 && holdsOurKey) return stop('ForeignMarker', target, 'is not ours', 'remove it');",
      },
    ],
    guard: { invariant: 'L1', plan: 'first-issue/replay-id/Vault/1/17/none' },
  },
  {
    id: 'M36',
    says: 'a key that the issuer gives a second time is taken for a new one',
    edits: [
      { file: MISMATCH, from: "if (told.keyID === oldKey?.keyID) return 'it is the old key';", to: '' },
      {
        file: MISMATCH,
        from: 'return label !== undefined && isOf(label, attempt) && label.revision === attempt.revision && !isAbove(label, attempt);',
        to: 'return label !== undefined;',
      },
      { file: DELIVERY, from: 'fingerprint(key) === context.oldKey?.fingerprint)', to: 'key === undefined)' },
    ],
    guard: { invariant: 'S3', plan: 'trap-same-key/replay-id/Vault/1/17/none' },
  },
  {
    id: 'X6',
    says: 'a key that stands at a target under our marker is taken over, whoever it was made for',
    edits: [
      {
        file: MISMATCH,
        from: 'return label !== undefined && isOf(label, attempt) && label.revision === attempt.revision && !isAbove(label, attempt);',
        to: 'return label !== undefined;',
      },
    ],
    guard: { invariant: 'S8', plan: 'trap-planted/replay-id/Vault/1/17/none' },
  },
  {
    id: 'W',
    says: 'rule W: whatever stands at a target is replaced',
    edits: [
      {
        file: REPLACEMENT,
        from: "if (target.presence === 'Absent') return { type: 'Replace' };",
        to: `const isDone = target.presence === 'Present' && target.marker?.keyID === writer.key?.keyID;
  if (!isDone) return { type: 'Replace' };`,
      },
    ],
    guard: { invariant: 'S5', plan: 'trap-namesake/list-only/Vault/1/17/none' },
  },
  {
    id: 'M8',
    says: 'step 7 looks whether something stands at a target, not what',
    edits: [
      {
        file: 'src/operator/rotation/gather/keys.ts',
        from: "told?.status === 'Active' && told.keyID === rotation?.newKey?.keyID;",
        to: "told?.status === 'Active';",
      },
      {
        file: 'src/rotation/rules/migrating.ts',
        from: 'target.marker.revision === statusOf(facts).revision &&\n    target.marker.keyID === keyID &&\n    target.fingerprint === fingerprint\n',
        to: '(keyID !== fingerprint)\n',
      },
    ],
    guard: { invariant: 'S3', plan: 'trap-put-back/replay-id/Vault/1/17/none' },
  },
  {
    id: 'M24',
    says: 'what stood there under the same name before is taken for one object with it',
    edits: [
      {
        file: REPLACEMENT,
        from: 'if (target.marker && isOf(target.marker, writer)) return byOwn',
        to: 'if (target.marker && isOf(target.marker, { ...writer, uid: target.marker.uid })) return byOwn',
      },
    ],
    guard: { invariant: 'S5', plan: 'trap-namesake/replay-id/Vault/1/17/none' },
  },
  {
    id: 'X13',
    says: 'what is replaced in a Secret is kept nowhere, and nobody can go back to it',
    edits: [
      {
        file: KUBERNETES_STORE,
        from: 'if (replaces) await replacedKeys.keep(secretName(path), kept, replaces, marker);',
        to: '',
      },
    ],
    guard: { invariant: 'S14', plan: 'requested/replay-id/KubernetesSecret/1/17/none' },
  },
  {
    id: 'X14',
    says: 'what is replaced in a Secret is kept for ever',
    edits: [
      {
        file: KUBERNETES_STORE,
        from: 'replacedKeys.forget(secretName(path), by)',
        to: 'Promise.resolve()',
      },
    ],
    guard: { invariant: 'S9', plan: 'requested/replay-id/KubernetesSecret/1/17/none' },
  },
  {
    id: 'X85',
    says: 'a replaced key is put into whatever Secret has the name under which it is to be kept',
    edits: [
      {
        file: 'src/stores/kubernetes/replaced-keys.ts',
        from: 'if (!owner || !mayWrite(seen, owner, by)) throw foreign(name);',
        to: 'if (!owner || !mayWrite(seen, owner, by)) return patch(name, seen, data, marker);',
      },
    ],
    guard: { invariant: 'S5', plan: 'taken-beside/replay-id/KubernetesSecret/1/17/none' },
  },
];
