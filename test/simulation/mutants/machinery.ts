import type { Mutant } from './mutant.ts';

const BACKOFF = 'src/runtime/backoff.ts';
const STATUS_WRITE = 'src/operator/rotation/status-write.ts';
const IMPATIENCE = {
  file: 'src/http/turnstile.ts',
  from: 'if (told && restMs > 0)',
  to: 'if (told && restMs < 0 && restMs > 0)',
};

/** Status writes, wake-ups, secrecy. */
export const MACHINERY_MUTANTS: readonly Mutant[] = [
  {
    id: 'M9',
    says: 'the status is written at every look, with the time of that look',
    edits: [
      {
        file: 'src/rotation/conditions.ts',
        from: 'const lastTransitionTime = old?.status === verdict.status ? old.lastTransitionTime : facts.time.stamp;',
        to: 'const lastTransitionTime = old && facts.time.stamp;',
      },
    ],
    guard: { invariant: 'S10', plan: 'first-issue/replay-id/Vault/2/17/1.pause' },
  },
  {
    id: 'M14',
    says: 'only a failure makes an object come up again by itself',
    edits: [{ file: 'src/runtime/controller.ts', from: 'queue.addAfter(key, requeueAfterMs);', to: '' }],
    guard: { invariant: 'L1', plan: 'overlap/replay-id/Vault/1/17/none' },
  },
  {
    id: 'M23',
    says: 'a watch whose connection broke is not made anew',
    edits: [
      {
        file: 'src/runtime/reflector.ts',
        from: 'await sleep(clock, recover(error), signal).catch(() => {});',
        to: 'return;',
      },
    ],
    guard: { invariant: 'L1', plan: 'requested/replay-id/Vault/1/17/3.cut' },
  },
  {
    id: 'X35',
    says: 'a watch that is silent is waited for without an end',
    edits: [
      {
        file: 'src/runtime/reflector.ts',
        from: 'const guard = createInactivityGuard(clock, limits.inactivityMs, signal);',
        to: 'const guard = createInactivityGuard(clock, limits.inactivityMs * 1_000, signal);',
      },
    ],
    guard: { invariant: 'L1', plan: 'requested/replay-id/Vault/1/17/1.mute-watch' },
  },
  {
    id: 'X39',
    says: 'a watch whose place the server has forgotten asks for that place again',
    edits: [
      {
        file: 'src/runtime/reflector.ts',
        from: 'if (isExpired(error) || (failures >= MAX_RESUMES && askedMs === 0)) version = undefined;',
        to: '',
      },
    ],
    guard: { invariant: 'L1', plan: 'race-restored-object-by-intent/replay-id/Vault/2/21/31.meanwhile' },
  },
  {
    id: 'X40',
    says: 'a status from the past is told by the markers at targets alone, not by what the issuer lists',
    edits: [
      {
        file: 'src/rotation/regression.ts',
        from: '...(facts.labelled ?? []).map(labelTrace),',
        to: '...(facts.labelled ?? []).map(labelTrace).filter(() => false),',
      },
    ],
    guard: {
      invariant: 'S13',
      plan: 'race-restored-object-after-a-death/replay-id/KubernetesSecret/2/21/4.crash-after+5.meanwhile',
    },
  },
  {
    id: 'X41',
    says: 'a second key of the last attempt is never an orphan',
    edits: [
      {
        file: 'src/rotation/transitions/attempts.ts',
        from: 'const next = { revision: committed(facts).revision + 1, attempt: 1 };',
        to: 'const next = committed(facts);',
      },
    ],
    guard: {
      invariant: 'S2',
      plan: 'race-restored-object-after-a-death/list-only/Vault/2/21/8.crash-after+9.meanwhile',
    },
  },
  {
    id: 'M31',
    says: 'a status that was restored from the past is gone on from',
    edits: [
      {
        file: 'src/rotation/regression.ts',
        from: '.filter((trace) => isAbove(trace, committed(facts)))',
        to: '.filter((trace) => isAbove(trace, committed(facts)) && trace.planted)',
      },
      {
        file: 'src/rotation/rules/before-attempt.ts',
        from: "if (verdict.type !== 'Stop') continue;",
        to: "if (verdict.reason !== 'ForeignValue') continue;",
      },
    ],
    guard: { invariant: 'S1', plan: 'trap-restored/list-only/Vault/1/17/none' },
  },
  {
    id: 'M32',
    says: 'a status of a protocol that we do not know is worked on',
    edits: [
      {
        file: 'src/rotation/rules/guards.ts',
        from: "if ((status.protocol ?? 0) > PROTOCOL) return { type: 'Rest' };",
        to: "if ((status.protocol ?? 0) < PROTOCOL - 1) return { type: 'Rest' };",
      },
    ],
    guard: { invariant: 'S12', plan: 'trap-newer-protocol/replay-id/Vault/1/17/none' },
  },
  {
    id: 'M38',
    says: 'a status that lost its compare-and-set is written again over the newer one',
    edits: [
      {
        file: STATUS_WRITE,
        from: "return kube.replace<ApiKeyRotation & KubeObject>(refOf(object), body, { subresource: 'status' });",
        to: `return kube.replace(refOf(object), body, { subresource: 'status' }).catch(async (error) => {
    if (error.status !== 409) throw error;
    const now = await kube.get(refOf(object));
    return kube.replace(refOf(object), { ...now, status }, { subresource: 'status' });
  });`,
      },
    ],
    guard: { invariant: 'S13', plan: 'requested/replay-id/Vault/2/17/none' },
  },
  {
    id: 'M39',
    says: 'an error message quotes the key',
    edits: [
      {
        file: 'src/operator/rotation/act/delivery.ts',
        from: "'KeyNotUsableYet',",
        to: "'KeyNotUsableYet', key.reveal() +",
      },
    ],
    guard: { invariant: 'S9', plan: 'first-issue/replay-id/Vault/1/17/10.stale' },
  },
  {
    id: 'X19',
    says: 'an error message quotes the last letters of the key, in base64',
    edits: [
      {
        file: 'src/operator/rotation/act/delivery.ts',
        from: "'KeyNotUsableYet',",
        to: "'KeyNotUsableYet', Buffer.from(key.reveal().slice(-16)).toString('base64') +",
      },
    ],
    guard: { invariant: 'S9', plan: 'first-issue/replay-id/Vault/1/17/10.stale' },
  },
  {
    id: 'X5',
    says: 'a status is written blindly',
    edits: [
      {
        file: STATUS_WRITE,
        from: 'return kube.replace<ApiKeyRotation & KubeObject>(refOf(object), body,',
        to: 'return kube.mergePatch(refOf(object), { status: body.status },',
      },
    ],
    guard: { invariant: 'S6', plan: 'first-issue/replay-id/Vault/1/17/none' },
  },
  {
    id: 'X8',
    says: 'messages are cut where they begin to say since when',
    edits: [
      {
        file: 'src/rotation/conditions.ts',
        from: 'verdict.message.slice(0, 4096)',
        to: 'verdict.message.slice(0, 24)',
      },
    ],
    guard: { invariant: 'L2', plan: 'requested/replay-id/Vault/1/17/none' },
  },
  {
    id: 'X9',
    says: 'after a lost compare-and-set the object is not looked at: its event may never come',
    edits: [
      {
        file: 'src/operator/rotation/reconcile.ts',
        from: 'if (metadata.resourceVersion !== undefined) session.refused = metadata.resourceVersion;',
        to: '',
      },
    ],
    guard: { invariant: 'L3', plan: 'deletion-published-revoke/replay-id/Vault/1/17/e1.Lost' },
  },
  {
    id: 'X10',
    says: 'who was told that it leads believes it until it is told otherwise',
    edits: [
      {
        file: 'src/runtime/leader-election/terms.ts',
        from: 'holds: () => leads && remaining() > 0,',
        to: 'holds: () => leads,',
      },
    ],
    guard: { invariant: 'L6', plan: 'race-leader-lost/replay-id/Vault/2/21/8.pause' },
  },
  {
    id: 'X11',
    says: 'of the calls that write a Secret only the first one asks whether this process leads',
    edits: [
      {
        file: 'src/runtime/leader-election/guarded-kube.ts',
        from: 'mergePatch: (ref, patch, options) => guarded(() => kube.mergePatch(ref, patch, options)),',
        to: '',
      },
    ],
    guard: { invariant: 'L6', plan: 'race-leader-lost/replay-id/KubernetesSecret/2/21/11.pause' },
  },
  {
    id: 'X12',
    says: 'a standby leaves a lease that nobody renews alone for twice its duration',
    edits: [
      {
        file: 'src/runtime/leader-election/candidate.ts',
        from: 'leaseDurationSeconds * 1_000;',
        to: 'leaseDurationSeconds * 2_000;',
      },
    ],
    guard: { invariant: 'L6', plan: 'race-leader-lost/replay-id/Vault/2/21/8.crash-after' },
  },
  {
    id: 'X21',
    says: 'what fails is tried again after ten seconds, however often it has failed',
    edits: [{ file: BACKOFF, from: 'baseMs * 2 ** Math.min(failures - 1, 30)', to: 'baseMs * 20 + 0 * failures' }],
    guard: { invariant: 'L4', plan: 'trap-kube-away/replay-id/Vault/1/17/none' },
  },
  {
    id: 'X22',
    says: 'pauses between tries are not drawn',
    edits: [{ file: BACKOFF, from: 'return full * (0.5 + entropy.random() / 2);', to: 'return entropy ? full : 0;' }],
    guard: { invariant: 'L4', plan: 'trap-kube-away/replay-id/Vault/1/17/none' },
  },
  {
    id: 'X36',
    says: 'an issuer or a store that names a time is checked again as soon as its status says so',
    edits: [
      {
        file: 'src/operator/readiness.ts',
        from: 'look.dueAt > clock.monotonic()',
        to: 'look.dueAt > clock.monotonic() * 1_000',
      },
      IMPATIENCE,
    ],
    guard: { invariant: 'L4', plan: 'first-issue/replay-id/Vault/1/17/1.429' },
  },
  {
    id: 'X37',
    says: 'what the other side names as the time of the next try is not heard',
    edits: [
      { file: 'src/runtime/controller.ts', from: 'atLeastMs: retryAfterMs(error)', to: 'atLeastMs: 0' },
      {
        file: 'src/operator/rotation/reconcile.ts',
        from: 'if (askedMs > 0)',
        to: 'if (askedMs < 0)',
      },
      IMPATIENCE,
    ],
    guard: { invariant: 'L4', plan: 'requested/replay-id/Vault/1/17/1.429' },
  },
  {
    id: 'X38',
    says: 'that a store or an issuer has named a time is known to the piece of work alone that was told',
    edits: [IMPATIENCE],
    guard: { invariant: 'L4', plan: 'roll-back/replay-id/Vault/1/17/3.429' },
  },
  {
    id: 'X86',
    says: 'that the Kubernetes API has named a time is known to the piece of work alone that was told',
    edits: [{ file: 'src/runtime/kube/patient-kube.ts', from: 'LONGEST_MS = 10_000', to: 'LONGEST_MS = -1' }],
    guard: { invariant: 'L4', plan: 'first-issue/replay-id/Vault/2/18/24.429' },
  },
  {
    id: 'X15',
    says: 'pauses between tries grow without an end',
    edits: [{ file: BACKOFF, from: 'Math.min(maxMs, ', to: 'Math.min(maxMs * 100, ' }],
    guard: { invariant: 'L4', plan: 'trap-kube-away/replay-id/Vault/1/17/none' },
  },
  {
    id: 'X16',
    says: 'nobody counts the issue calls of an hour',
    edits: [
      {
        file: 'src/rotation/rules/before-attempt.ts',
        from: 'if (calls.length < perHour || decisive === undefined) return undefined;',
        to: 'if (calls.length < 1_000 || decisive === undefined) return undefined;',
      },
    ],
    guard: { invariant: 'L4', plan: 'trap-many-requests/replay-id/Vault/1/17/none' },
  },
  {
    id: 'X17',
    says: 'objects of one issuer may take all workers',
    edits: [
      {
        file: 'src/runtime/controller.ts',
        from: 'groupOf && Math.ceil(concurrency / 2)',
        to: 'Number.POSITIVE_INFINITY',
      },
    ],
    guard: { invariant: 'L5', plan: 'trap-black-hole/replay-id/Vault/1/17/none' },
  },
  {
    id: 'X73',
    says: 'objects of one namespace may take all workers',
    edits: [
      { file: 'src/operator/operator.ts', from: 'Math.ceil(deps.concurrency * 0.75)', to: 'Number.POSITIVE_INFINITY' },
    ],
    guard: { invariant: 'L5', plan: 'trap-hostile-namespace/replay-id/Vault/1/17/none' },
  },
  {
    id: 'X87',
    says: 'work that hangs counts among the workers',
    edits: [
      {
        file: 'src/runtime/workqueue.ts',
        from: 'STALLED_AFTER_MS = 1_000',
        to: 'STALLED_AFTER_MS = 3_600_000',
      },
    ],
    guard: { invariant: 'L5', plan: 'trap-silent-neighbours/replay-id/Vault/1/17/none' },
  },
  {
    id: 'X30',
    says: 'the audit knows of what succeeded only',
    edits: [
      {
        file: 'src/operator/rotation/act/effects.ts',
        from: "audit.record({ object, claim, ...record, outcome: error instanceof CallError ? error.outcome : 'unknown' });",
        to: '',
      },
    ],
    guard: { invariant: 'AUDIT', plan: 'first-issue/replay-id/Vault/1/17/9.lost-answer' },
  },
  {
    id: 'X31',
    says: 'the audit calls everything done that was begun',
    edits: [
      {
        file: 'src/operator/rotation/act/effects.ts',
        from: "outcome: error instanceof CallError ? error.outcome : 'unknown' });",
        to: "outcome: 'Done' });",
      },
    ],
    guard: { invariant: 'AUDIT', plan: 'first-issue/replay-id/Vault/1/17/9.lost-request' },
  },
  {
    id: 'X82',
    says: 'what another process writes about an issuer or a store is answered by a check and a write at once',
    edits: [
      {
        file: 'src/operator/readiness.ts',
        from: 'look.dueAt > clock.monotonic() ? look : undefined;',
        to: 'look.dueAt < 0 ? look : undefined;',
      },
    ],
    guard: { invariant: 'L4', plan: 'grant-withdrawn/blind/Vault/2/18/10.cut' },
  },
];
