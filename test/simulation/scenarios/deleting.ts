import type { RotationStatus } from '../../../src/api/types.ts';
import type { Scenario } from './scenario.ts';

/** Where a rotation is when its object is deleted. */
const PHASES: Readonly<Record<string, (status: RotationStatus) => boolean>> = {
  intended: ({ revision }) => revision === 2,
  published: ({ rotation }) => rotation?.publishedAt !== undefined,
  revoking: ({ rotation }) => rotation?.revokeIntent !== undefined,
};

function deletion(phase: string, deletionPolicy: 'Retain' | 'Revoke'): Scenario {
  return {
    name: `deletion-${phase}-${deletionPolicy.toLowerCase()}`,
    says: `deleted when a rotation is ${phase}, with deletionPolicy ${deletionPolicy}`,
    ends: 'Gone',
    async prepare(stage) {
      stage.create({ deletionPolicy });
      stage.startPods(1);
      await stage.settled(1);
    },
    async play(stage) {
      stage.annotate({ rotate: 'a' });
      await stage.until(
        (status) => PHASES[phase]?.(status) === true || ((status.revision ?? 0) > 1 && !status.rotation),
      );
      stage.remove();
      await stage.gone();
    },
  };
}

export const deletions: readonly Scenario[] = Object.keys(PHASES).flatMap((phase) => [
  deletion(phase, 'Retain'),
  deletion(phase, 'Revoke'),
]);
