import { access, deletions, events } from './stories/cluster.ts';
import { plainObjects, workloads } from './stories/objects.ts';
import { installing, refusals, rotations } from './stories/rotations.ts';
import type { Story } from './story.ts';

/** The script, in the order in which it is played. */
export const stories: readonly Story[] = [
  installing,
  rotations,
  refusals,
  plainObjects,
  workloads,
  events,
  access,
  deletions,
];
