import type { RotationStatus } from '../../../src/api/types.ts';
import { firstKey } from './first-key.ts';
import { LISTING_OR_NOT, type Scenario } from './scenario.ts';

type Moment = (status: RotationStatus) => boolean;

const begun: Moment = ({ revision }) => revision === 1;
const intended: Moment = ({ revision }) => revision === 2;
const published: Moment = ({ rotation }) => rotation?.publishedAt !== undefined;
const revoking: Moment = ({ rotation }) => rotation?.revokeIntent !== undefined;

/** Where a rotation is when its object is deleted, and from where on faults can strike: those before are told by other stories. */
const PHASES: Readonly<
  Record<string, { readonly from: Moment; readonly at: Moment; readonly issuers?: readonly string[] }>
> = {
  intended: { from: begun, at: intended },
  published: { from: published, at: published, issuers: LISTING_OR_NOT },
  revoking: { from: published, at: revoking, issuers: LISTING_OR_NOT },
};

function deletion(phase: string, deletionPolicy: 'Retain' | 'Revoke'): Scenario {
  const { from = begun, at = intended, issuers } = PHASES[phase] ?? {};
  /** It may be over before a fault lets anybody notice. */
  const orOver =
    (moment: Moment): Moment =>
    (status) =>
      moment(status) || (status.revision === 2 && !status.rotation);
  return {
    name: `deletion-${phase}-${deletionPolicy.toLowerCase()}`,
    says: `deleted when a rotation is ${phase}, with deletionPolicy ${deletionPolicy}`,
    ends: 'Gone',
    // It gives up before these are over, and tells what it leaves behind.
    without: ['unwritable', 'forbidden', 'sealed'],
    ...(issuers && { issuers }),
    async prepare(stage) {
      await firstKey(stage, { deletionPolicy });
      if (from === begun) return;
      stage.annotate({ rotate: 'a' });
      await stage.until(from);
    },
    async play(stage) {
      if (from === begun) stage.annotate({ rotate: 'a' });
      await stage.until(orOver(at));
      stage.remove();
      await stage.gone();
    },
  };
}

export const deletions: readonly Scenario[] = Object.keys(PHASES).flatMap((phase) => [
  deletion(phase, 'Retain'),
  deletion(phase, 'Revoke'),
]);
