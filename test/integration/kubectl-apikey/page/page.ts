import { join } from 'node:path';
import { tellStory } from '../told-story.ts';
import { SITUATIONS } from './situations.ts';

export const PAGE = join(import.meta.dirname, '../../../../docs/kubectl-plugin.md');

/** What stands above a block that shows what a call prints: `<!-- waiting: status apio -->`. */
const SHOWN = /<!-- (?<situation>\w+): (?<words>[^>]+) -->\n```text\n[\s\S]*?```\n/g;

/** The page with what each call prints today. */
export async function renewed(page: string): Promise<string> {
  let text = page;
  for (const { 0: block, groups = {} } of page.matchAll(SHOWN)) {
    const { situation = '', words = '' } = groups;
    const printed = await printedIn(situation, words);
    text = text.replace(
      block,
      () => `<!-- ${situation}: ${words} -->\n\`\`\`text\n$ kubectl apikey ${words}\n${printed}\`\`\`\n`,
    );
  }
  return text;
}

async function printedIn(situation: string, words: string): Promise<string> {
  if (!isKnown(situation)) throw new Error(`docs/kubectl-plugin.md shows '${situation}', which is no situation`);
  const story = await SITUATIONS[situation]();
  const told = await tellStory(story);
  const { out, err } = await told.call(words, { now: () => story.world.clock.now() });
  await told.close();
  await story.world.stop();
  return out + err;
}

function isKnown(situation: string): situation is keyof typeof SITUATIONS {
  return situation in SITUATIONS;
}
