import type { RotationSpec } from '../../../src/api/types.ts';
import type { Stage } from './stage.ts';
import { CONSUMER } from './targets.ts';

/** The first key is there, and one pod uses it. @param spec how the object differs from the ordinary one */
export function firstKey(stage: Stage, spec?: Partial<RotationSpec>): Promise<void> {
  return firstKeyFor(1, stage, spec);
}

/** The same where the key is written at this path. */
export async function firstKeyAt(path: string, stage: Stage, spec: Partial<RotationSpec>): Promise<void> {
  stage.create(spec);
  stage.startPods(1, CONSUMER, path);
  await stage.settled(1);
}

/** The same with two pods. */
export function firstKeyForTwo(stage: Stage, spec?: Partial<RotationSpec>): Promise<void> {
  return firstKeyFor(2, stage, spec);
}

async function firstKeyFor(pods: number, stage: Stage, spec?: Partial<RotationSpec>): Promise<void> {
  stage.create(spec);
  stage.startPods(pods);
  await stage.settled(1);
}
