import { ANNOTATION } from '../api/names.ts';
import type { Facts } from './facts.ts';

/** What the roll back annotation asks for. `revision` is undefined where the text is not `<revision>/<token>`. */
export interface RollBackRequest {
  /** As recorded when it is handled. */
  readonly token: string;
  readonly revision: number | undefined;
}

/** The roll back request that nobody has handled. One that is older than the first attempt counts as handled. */
export function pendingRollBack({ object: { metadata, status } }: Facts): RollBackRequest | undefined {
  const token = metadata.annotations?.[ANNOTATION.rollback]?.slice(0, 256);
  if (!token || !status?.revision || token === status.lastHandled?.rollback) return undefined;
  const [, revision] = /^(\d{1,9})\/./.exec(token) ?? [];
  return { token, revision: revision === undefined ? undefined : Number(revision) };
}

/** What a person types to ask for a roll back of that revision. */
export function rollBackCommand({ object }: Facts, revision: number): string {
  const { namespace, name } = object.metadata;
  return `kubectl annotate --overwrite akr -n ${namespace} ${name} ${ANNOTATION.rollback}=${revision}/$(date +%s)`;
}
