import { begin, type Story, type StoryOptions } from '../world/story.ts';
import type { Phase } from './phases.ts';

/** A story in which something is done once, at the first moment that fits after it was armed. */
export interface ArmedStory {
  readonly story: Story;
  arm(): void;
  readonly isOver: () => boolean;
}

/** Begins it. */
export function beginArmed(
  options: Omit<StoryOptions, 'afterEach'>,
  hasCome: Phase['hasCome'],
  act: (story: Story) => void,
): ArmedStory {
  let isArmed = false;
  const story = begin({
    ...options,
    afterEach(world) {
      if (!isArmed || !hasCome(world)) return;
      isArmed = false;
      act(story);
    },
  });
  return {
    story,
    arm() {
      isArmed = true;
    },
    isOver: () => !isArmed,
  };
}
