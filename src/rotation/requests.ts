import { ANNOTATION } from '../api/names.ts';
import type { RotationStatus } from '../api/types.ts';
import type { Facts } from './facts.ts';

/** The requests that are handled by their text, each once. */
type Request = keyof NonNullable<RotationStatus['lastHandled']>;

/** As much of a request as is recorded; a longer one is cut. An emergency carries a key id. */
const MAX_LENGTH: Readonly<Partial<Record<Request, number>>> = { emergency: 512 };

/** The text of a request, as it is recorded when it is handled. */
export function requestText({ object }: Pick<Facts, 'object'>, request: Request): string | undefined {
  return object.metadata.annotations?.[ANNOTATION[request]]?.slice(0, MAX_LENGTH[request] ?? 256) || undefined;
}

/** The text of a request that nobody has handled. One that is older than the first key counts as handled. */
export function pendingText(facts: Pick<Facts, 'object'>, request: Request): string | undefined {
  const { status } = facts.object;
  const text = requestText(facts, request);
  const tooEarly = !status?.revision && !status?.current;
  return tooEarly || text === status?.lastHandled?.[request] ? undefined : text;
}

/** What the roll back annotation asks for. `revision` is undefined where the text is not `<revision>/<token>`. */
export interface RollBackRequest {
  readonly token: string;
  readonly revision: number | undefined;
}

export function pendingRollBack(facts: Facts): RollBackRequest | undefined {
  const token = pendingText(facts, 'rollback');
  if (token === undefined) return undefined;
  const [, revision] = /^(\d{1,9})\/./.exec(token) ?? [];
  return { token, revision: revision === undefined ? undefined : Number(revision) };
}

/** A key that somebody else may have. `keyID` is undefined where the text is not `<token>/<key id>`. */
export interface EmergencyRequest {
  readonly token: string;
  readonly keyID: string | undefined;
}

export function pendingEmergency(facts: Facts): EmergencyRequest | undefined {
  const token = pendingText(facts, 'emergency');
  if (token === undefined) return undefined;
  const [, keyID] = /^[^/]+\/(.+)$/.exec(token) ?? [];
  return { token, keyID };
}

/** Whether a person says of this key that it has leaked, whether that was handled or not. */
export function isSaidToLeak(facts: Facts, keyID: string): boolean {
  return requestText(facts, 'emergency')?.endsWith(`/${keyID}`) ?? false;
}

/** A target that the running rotation shall go on without. `revision` is undefined where the text is not `<revision>/<target>`. */
export interface DropRequest {
  readonly token: string;
  readonly revision: number | undefined;
  readonly target: string;
}

export function pendingDrop(facts: Facts): DropRequest | undefined {
  const token = pendingText(facts, 'dropTarget');
  if (token === undefined) return undefined;
  const [, revision, target = ''] = /^(\d{1,9})\/(.+)$/.exec(token) ?? [];
  return { token, revision: revision === undefined ? undefined : Number(revision), target };
}

/** What a person types to go on without a target. */
export function dropCommand(facts: Facts, revision: number, target: string): string {
  return command(facts, 'dropTarget', `${revision}/${target}`);
}

/** What a person types to ask for a roll back of that revision. */
export function rollBackCommand(facts: Facts, revision: number): string {
  return command(facts, 'rollback', `${revision}/$(date +%s)`);
}

/** What a person types to ask for a rotation, or for another try. */
export function rotateCommand(facts: Facts): string {
  return command(facts, 'rotate', '$(date +%s)');
}

/** What a person types to have repaired what has drifted. */
export function repairCommand({ object: { metadata } }: Facts): string {
  return `kubectl patch akr -n ${metadata.namespace} ${metadata.name} --type merge -p '{"spec":{"onDrift":"Repair"}}'`;
}

function command({ object: { metadata } }: Facts, request: Request, value: string): string {
  const { namespace, name } = metadata;
  return `kubectl annotate --overwrite akr -n ${namespace} ${name} ${ANNOTATION[request]}=${value}`;
}
