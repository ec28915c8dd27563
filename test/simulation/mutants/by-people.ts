import type { Mutant } from './mutant.ts';

const SUPPORT = 'src/issuers/support/support-issuer.ts';
const REVOKING = 'src/issuers/support/revoking.ts';
const DELIVERED = 'src/issuers/support/delivered-key.ts';

/** Keys that people issue and revoke. */
export const PEOPLE_MUTANTS: readonly Mutant[] = [
  {
    id: 'P1',
    says: 'a key that people gave before is taken again for the next request',
    edits: [
      {
        file: DELIVERED,
        from: 'const same = known.find((each) => each.fingerprint === print);',
        to: 'const same = known.find(() => false);',
      },
      {
        file: DELIVERED,
        from: 'if (known.some((each) => isNamed(each, keyID, entry.environment)))',
        to: 'if (known.some(() => false))',
      },
      {
        file: SUPPORT,
        from: 'return entry && !all.filter(isDelivered).some(isKnown)',
        to: 'return entry && (isKnown || all)',
      },
    ],
    guard: { invariant: 'S1', plan: 'people-err/people-unprobed/Vault/1/17/none' },
  },
  {
    id: 'P2',
    says: 'a key is taken for dead when people were asked to revoke it, before they did or said so',
    edits: [
      {
        file: REVOKING,
        from: 'if (isRejectedForLong(label, found) || (isConfirmed && works !== true)) {',
        to: 'if (works !== true || isConfirmed) {',
      },
    ],
    guard: { invariant: 'S2', plan: 'by-people/people-unprobed/Vault/1/17/none' },
  },
  {
    id: 'P3',
    says: 'what somebody says is believed against a probe that still accepts the key',
    edits: [
      {
        file: REVOKING,
        from: '(isConfirmed && works !== true)',
        to: 'isConfirmed',
      },
    ],
    guard: { invariant: 'S2', plan: 'probed-people/people/Vault/1/17/none' },
  },
  {
    id: 'P4',
    says: 'the register is written over whatever another process has put there meanwhile',
    edits: [
      {
        file: 'src/issuers/support/register-store.ts',
        from: 'if (secret) await kube.replace<Secret>(ref, { ...secret, data });',
        to: `if (secret) {
      const { resourceVersion, ...metadata } = secret.metadata;
      await kube.replace(ref, { ...secret, metadata, data });
    }`,
      },
    ],
    guard: { invariant: 'S6', plan: 'by-people/people/Vault/3/19/10.pause' },
  },
  {
    id: 'P5',
    says: 'the Secret in which a key was given stays when the key is published',
    edits: [
      {
        file: SUPPORT,
        from: "if (judgeDelivery(secret, entry, register, '').type !== 'Key') return;",
        to: "if (judgeDelivery(secret, entry, register, '').type !== 'Problem') return;",
      },
    ],
    guard: { invariant: 'S9', plan: 'by-people/people/Vault/1/17/none' },
  },
  {
    id: 'P6',
    says: 'that people were told of a request is kept in no register, so that they are told at each look',
    edits: [
      {
        file: SUPPORT,
        from: 'await tell(message, requester.isUrgent ?? false, entry, ',
        to: 'await tell(message, requester.isUrgent ?? false, {}, ',
      },
    ],
    guard: { invariant: 'S10', plan: 'people-err/people/Vault/1/17/none' },
  },
  {
    id: 'P7',
    says: 'the register keeps the text of a key in place of its fingerprint',
    edits: [
      {
        file: SUPPORT,
        from: 'const taken = await take(label, keyID, fingerprint(key));',
        to: 'const taken = await take(label, keyID, key.reveal());',
      },
    ],
    guard: { invariant: 'S9', plan: 'by-people/people/Vault/1/17/none' },
  },
  {
    id: 'P8',
    says: 'a key that the probe rejects once is taken for dead, though nobody was asked to revoke it',
    edits: [{ file: REVOKING, from: 'monotonic() - since >= REJECTED_FOR_MS', to: 'monotonic() >= since' }],
    guard: { invariant: 'S2', plan: 'roll-back-by-people/people/Vault/2/18/48.stale' },
  },
  {
    id: 'P9',
    says: 'a webhook that names a time is told of other requests before',
    edits: [{ file: 'src/issuers/support/messenger.ts', from: ' ?? rest;', to: ';' }],
    guard: { invariant: 'L4', plan: 'deletion-intended-revoke-by-people/people-unprobed/Vault/2/18/10.429' },
  },
  {
    id: 'P10',
    says: 'whoever asks people to revoke a key writes over what another process has told them meanwhile',
    edits: [{ file: REVOKING, from: 'revocation: revocation ?? fresh', to: 'revocation: fresh' }],
    guard: { invariant: 'S10', plan: 'deletion-published-revoke-by-people/people/Vault/2/19/33.throttled' },
  },
];
