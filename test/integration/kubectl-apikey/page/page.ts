import { join } from 'node:path';
import type { Story } from '../../../stories/world/story.ts';
import { type ToldStory, tellStory } from '../told-story.ts';
import { SITUATIONS } from './situations.ts';

export const PAGE = join(import.meta.dirname, '../../../../docs/kubectl-plugin.md');

/** What stands above a block that shows what a call prints: `<!-- waiting: status apio -->`. */
const SHOWN = /<!-- (?<situation>\w+): (?<words>[^>]+) -->\n```text\n[\s\S]*?```\n/g;

/** The page with what each call prints today, the calls of one situation one after the other. */
export async function renewed(page: string): Promise<string> {
  const opened = new Map<string, Opened>();
  let text = page;
  for (const { 0: block, groups = {} } of page.matchAll(SHOWN)) {
    const { situation = '', words = '' } = groups;
    const { story, told } = opened.get(situation) ?? (await open(situation));
    opened.set(situation, { story, told });
    const { out, err } = await told.call(words, { now: () => story.world.clock.now() });
    const shown = `\`\`\`text\n$ kubectl apikey ${words}\n${out}${err}\`\`\`\n`;
    text = text.replace(block, () => `<!-- ${situation}: ${words} -->\n${shown}`);
  }
  for (const { story, told } of opened.values()) {
    await told.close();
    await story.world.stop();
  }
  return text;
}

interface Opened {
  readonly story: Story;
  readonly told: ToldStory;
}

async function open(situation: string): Promise<Opened> {
  if (!isKnown(situation)) throw new Error(`docs/kubectl-plugin.md shows '${situation}', which is no situation`);
  const story = await SITUATIONS[situation]();
  return { story, told: await tellStory(story) };
}

function isKnown(situation: string): situation is keyof typeof SITUATIONS {
  return situation in SITUATIONS;
}
