import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { begin, type Story } from '../world/story.ts';
import { PODS, type World } from '../world/world.ts';

/** The document that follows a key through the audit. */
export const DOCUMENT = join(import.meta.dirname, '../../../docs/audit.md');

/** What stands between the fences after a marker, its id in the first group. */
const PLACES = /(?<=<!-- records: ([a-z]+) -->\n```\n).*?(?=```\n)/gs;

/**
 * One key from its issue to its death, and an issue call in between whose answer was lost; then a process that dies in an issue call.
 */
async function playLife(): Promise<Readonly<Record<string, string>>> {
  return { life: await life(), death: await death() };
}

/** The document as it is, and as these runs would write it. */
export async function rewrite(): Promise<{ readonly present: string; readonly fresh: string }> {
  const records = await playLife();
  const present = await readFile(DOCUMENT, 'utf8');
  return { present, fresh: present.replaceAll(PLACES, (_old, id: string) => records[id] ?? '') };
}

async function life(): Promise<string> {
  const story = begin();
  story.consume(...PODS);
  await story.firstKey();
  await story.pass(60_000);
  story.faults.push({ call: 'issuer issue', type: 'LoseAnswer', times: 1 });
  story.annotate({ rotate: 'a' });
  await story.done(2);
  return columns(story.world.audit);
}

async function death(): Promise<string> {
  const story = begin();
  story.faults.push({ call: 'issuer issue', type: 'DieAfter', times: 1 });
  await createAndEnd(story);
  return columns(story.world.audit);
}

async function createAndEnd(story: Story): Promise<void> {
  story.create();
  await story.done(1);
}

/** As `jq` prints them by the command in the document. */
function columns(records: World['audit']): string {
  const lines = records.map(({ time, attemptID, claim, effect, step, keyID, target, outcome }) => [
    time.slice(11, 19),
    attemptID.split('/').at(-1) ?? '',
    claim?.split('-').at(-1) ?? '-',
    step ? `${effect} ${step}` : effect,
    keyID ?? '-',
    target ?? '-',
    outcome,
  ]);
  const widths = lines.reduce((most, line) => line.map((cell, at) => Math.max(most[at] ?? 0, cell.length)), [0]);
  const rows = lines.map((line) =>
    line
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return rows.map((row) => `${row}\n`).join('');
}
