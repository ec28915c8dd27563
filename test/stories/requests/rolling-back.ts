import { begin, type Story, type StoryOptions } from '../world/story.ts';

/** A story with two keys, the first of which somebody wants back. */
export interface RollingBack extends Story {
  readonly first: string;
  readonly second: string;
}

/** The roll back is asked for; how far it comes is up to the test. One pod of two reports. */
export async function rollingBack(options: StoryOptions = {}): Promise<RollingBack> {
  const story = begin(options);
  await story.firstKey();
  const first = story.serves() ?? '';
  story.consume('api-0');
  story.annotate({ rotate: 'a' });
  await story.published();
  const second = story.serves() ?? '';
  story.annotate({ rollback: '2/x' });
  return { ...story, first, second };
}

/** Committed, and stopped before it could write. */
export async function unpublished(options: StoryOptions = {}): Promise<RollingBack> {
  const story = begin(options);
  await story.firstKey();
  const first = story.serves() ?? '';
  story.annotate({ rotate: 'a' });
  await story.published();
  const second = story.serves() ?? '';
  story.refuse('store write');
  story.annotate({ rollback: '2/x' });
  await story.until(({ revision }) => revision === 3);
  await story.pass(5_000);
  return { ...story, first, second };
}

/** Nothing goes wrong any more. */
export function lift({ faults }: Story): void {
  for (const fault of faults) fault.times = 0;
}
