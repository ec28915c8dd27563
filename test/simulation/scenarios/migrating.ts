import type { RotationSpec } from '../../../src/api/types.ts';
import type { Stage } from './stage.ts';

/** A rotation whose key is published; its only pod says nothing. */
export async function migrating(stage: Stage): Promise<void> {
  stage.create();
  await becomeMigrating(stage);
}

/** The same, for an object that is there. */
export async function becomeMigrating(stage: Stage): Promise<void> {
  const [pod] = stage.startPods(1);
  await stage.settled(1);
  if (pod) pod.silent = true;
  stage.annotate({ rotate: 'a' });
  await stage.until(({ rotation }) => rotation?.publishedAt !== undefined);
}

/** A rotation whose key one of two pods uses; the other one says nothing. */
export async function halfMigrated(stage: Stage, spec?: Partial<RotationSpec>): Promise<void> {
  stage.create(spec);
  const [, slow] = stage.startPods(2);
  await stage.settled(1);
  if (slow) slow.silent = true;
  stage.annotate({ rotate: 'a' });
  await stage.until(
    ({ rotation }) => rotation?.consumers?.some(({ missingPods }) => missingPods?.length === 1) === true,
  );
}

/** All pods do again what the documentation asks for. */
export function wake({ pods }: Stage): void {
  for (const pod of pods) {
    pod.silent = false;
    pod.pin(undefined);
  }
}
