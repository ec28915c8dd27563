import { GROUP } from '../api/names.ts';

/** The one key of the one rotation that a workload is restarted for. */
interface Subject {
  readonly uid: string;
  readonly revision: number;
  readonly fingerprint: string;
}

/**
 * The annotation of a pod template that a restart leaves. Each rotation has its own, so that two of them that restart one workload do
 * not take each other's for missing; a revision that publishes a second key restarts for that one too.
 */
export function restartMark({ uid, revision, fingerprint }: Subject): Readonly<Record<string, string>> {
  return { [nameFor(uid)]: `${revision}/${fingerprint}` };
}

/** Whether these annotations tell of a restart for this key, or for a later revision. */
export function isMarked(annotations: Readonly<Record<string, string>>, subject: Subject): boolean {
  const mark = annotations[nameFor(subject.uid)];
  return mark === restartMark(subject)[nameFor(subject.uid)] || Number(mark?.split('/')[0]) > subject.revision;
}

function nameFor(uid: string): string {
  return `${GROUP}/restarted-for.${uid}`;
}
