import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer } from './play.ts';

/** What recordings hold depends on this release of kubectl. */
const recordedMinor = '32';

/** Why the script cannot be compared on this machine; undefined where it can. */
export function whyNotComparable(program: string): string | undefined {
  const { status, stdout } = spawnSync(program, ['version', '--client', '-o', 'json'], { encoding: 'utf8' });
  if (status !== 0) return 'kubectl is not installed';
  const { clientVersion } = JSON.parse(stdout) as { clientVersion: { minor: string } };
  const minor = clientVersion.minor.replace(/\D/g, '');
  return minor === recordedMinor ? undefined : `recorded with kubectl 1.${recordedMinor}, here is 1.${minor}`;
}

/** The file with what a real API server answered to a story. */
export function recordingFile(story: string): string {
  return join(import.meta.dirname, 'recordings', `${story}.json`);
}

/** What it answered. */
export function recordedAnswers(story: string): Answer[] {
  return JSON.parse(readFileSync(recordingFile(story), 'utf8')) as Answer[];
}
