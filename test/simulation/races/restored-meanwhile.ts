import { rotations } from '../../../src/api/resources.ts';
import type { RotationStatus } from '../../../src/api/types.ts';
import type { Change } from '../kernel/kube-storage.ts';
import { OUTSIDE } from '../ledger/ledger.ts';
import { requested } from '../scenarios/rotating.ts';
import type { Stage } from '../scenarios/stage.ts';
import { isIssue, type Race } from './race.ts';

/** When somebody notices that Kubernetes was restored, and comes to look. */
const NOTICED_AFTER_MS = 600_000;

/** What is put back: the rotation alone, or all that Kubernetes keeps. */
type Extent = 'object' | 'cluster';
/** How far: by the last write of the rotation, or to before the intent of what runs or ran last. */
type Depth = 'one-write' | 'intent';

function restored(extent: Extent, depth: Depth): Race {
  const what = extent === 'object' ? 'the rotation' : 'all of Kubernetes';
  const where = depth === 'intent' ? 'to before the last intent' : 'by one write';
  return {
    ...(requested.prepare && { prepare: requested.prepare }),
    name: `race-restored-${extent}-by-${depth}`,
    says: `a restore puts ${what} back ${where} at any moment of a rotation: a person accepts what stands where that is asked`,
    operators: 2,
    // Where targets are Secrets, they are put back too: nothing but the issuer knows better, if it lists.
    ...(extent === 'cluster' && { stores: ['Vault'] }),
    sweep: ['meanwhile'],
    meanwhile: ({ world: { storage, outside } }) => {
      const lost = storage.changes.findLast(depth === 'intent' ? isIntent : isOfRotation);
      const concerns = extent === 'object' ? isOfRotation : () => true;
      if (lost) outside(() => storage.rewind(lost.version - 1, concerns));
    },
    async play(stage) {
      stage.annotate({ rotate: 'a' });
      await stage.until((now) => wasRestored(stage) || isDone(now, 'a'));
      if (wasRestored(stage)) await askAgain(stage);
    },
    happened: (ledger) => ledger.all('StatusWritten').some(({ by }) => by === OUTSIDE),
  };
}

/** A person sees what became of it, asks for a rotation whatever that is, and accepts what stands if the status is from the past. */
async function askAgain(stage: Stage): Promise<void> {
  await stage.pass(NOTICED_AFTER_MS);
  stage.annotate({ rotate: 'b' });
  await stage.until((now) => isDone(now, 'b') || isFromThePast(stage));
  if (!isFromThePast(stage)) return;
  const revisions = stage.world.ledger.all('StatusWritten').map(({ after }) => after.status?.revision ?? 0);
  stage.annotate({ 'accept-state': `${Math.max(...revisions)}/seen` });
  await stage.until((now) => isDone(now, 'b'));
}

function wasRestored({ world: { ledger } }: Stage): boolean {
  return ledger.last('StatusWritten', ({ by }) => by === OUTSIDE) !== undefined;
}

function isFromThePast(stage: Stage): boolean {
  return stage.tells('Stalled')?.startsWith('StateRegression') === true;
}

/** Whether the rotation that this token asked for is done, with all that it left behind. */
function isDone({ lastHandled, current, rotation, sweepAfter }: RotationStatus, token: string): boolean {
  return lastHandled?.rotate === token && current !== undefined && rotation === undefined && sweepAfter === undefined;
}

function isOfRotation({ resource }: Change): boolean {
  return resource.plural === rotations.plural;
}

function isIntent(change: Change): boolean {
  return isOfRotation(change) && revisionIn(change.after) > revisionIn(change.before);
}

function revisionIn(object: Change['after']): number {
  return (object?.status as RotationStatus | undefined)?.revision ?? 0;
}

/** Of the attempt that is taken away no target knows: its publisher died with the key in hand, and only a list tells. */
const afterADeath: Race = {
  ...restored('object', 'intent'),
  name: 'race-restored-object-after-a-death',
  says: 'a restore puts the rotation back to before an intent whose key only the issuer knows, as its process died',
  issuers: ['replay-full', 'replay-id', 'list-only'],
  opening: { at: isIssue, faults: ['crash-after'] },
};

/** A restore at every moment, of the rotation alone and of everything. */
export const restoredMeanwhile: readonly Race[] = [
  ...(['object', 'cluster'] as const).flatMap((extent) =>
    (['one-write', 'intent'] as const).map((depth) => restored(extent, depth)),
  ),
  afterADeath,
];
