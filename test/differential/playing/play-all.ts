import type { Case, Item } from '../case.ts';
import { type Normal, normalise } from '../comparing/normalise.ts';
import { play, type Stage } from './player.ts';

/** The normalised answers of cases by name; of one that could not be played to its end, why. */
export type Answers = Map<string, Normal[]>;

/** Lets `count` cases meet before what they all need is done once. */
function createMeeting(count: number, act: () => Promise<void>): () => Promise<void> {
  const all = Promise.withResolvers<void>();
  let missing = count;
  return () => {
    missing -= 1;
    if (missing === 0) act().then(all.resolve, all.reject);
    return all.promise;
  };
}

function forgets(story: Case): boolean {
  return story.steps.some((step) => 'forget' in step);
}

/**
 * Plays cases, several at a time, since each has its own namespace. Those that need the past forgotten come last and
 * forget together, because a real server restarts for it.
 */
export async function playAll(items: readonly Item[], stage: Stage, controllers = false): Promise<Answers> {
  const cases = items.flatMap((item) => item.cases).filter((story) => (story.controllers === true) === controllers);
  const answers: Answers = new Map();
  const perform = async (story: Case, at: Stage) => {
    const failed = (error: unknown): Normal[] => [{ failed: String(error) }];
    answers.set(story.name, await play(story, at).then((played) => normalise(played, story), failed));
  };
  const waiting = cases.filter((story) => !forgets(story));
  const worker = async () => {
    for (let story = waiting.shift(); story; story = waiting.shift()) await perform(story, stage);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  const last = cases.filter(forgets);
  const arrive = createMeeting(last.length, stage.forget);
  const performLast = async (story: Case) => {
    let arrived: Promise<void> | undefined;
    const forget = () => {
      arrived ??= arrive();
      return arrived;
    };
    await perform(story, { ...stage, forget });
    // One that failed on its way must not keep the others waiting.
    await forget();
  };
  await Promise.all(last.map(performLast));
  return answers;
}
