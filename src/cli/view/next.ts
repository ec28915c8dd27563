import type { ApiKeyRotation, RunningRotation } from '../../api/types.ts';
import { later, milliseconds } from '../../rotation/duration.ts';
import type { RotationState } from './rotation-view.ts';

/** What happens next, and what a person could do; each a whole sentence. */
export function nextOf(object: ApiKeyRotation, state: RotationState): readonly string[] {
  const { status = {} } = object;
  const command = (words: string) => commandOf(object, words);
  switch (state) {
    case 'New':
      return [`No operator has looked at it yet. To see why: ${command('doctor')}`];
    case 'Deleting':
      return ['Its keys are accounted for, then it goes; that ends within minutes even where the issuer is away.'];
    case 'Suspended':
      return [`Nothing begins before it is resumed: ${command('resume')}`];
    case 'Stalled':
      return [
        `Nothing moves without a person. What it means and what to do: ${command('explain-wait')}`,
        ...(status.rotation ? wayBack(object, status.rotation) : []),
      ];
    case 'Waiting':
      return [`It goes on by itself when that is over. What it means: ${command('explain-wait')}`];
    case 'Settled':
      return [settledText(object)];
    case 'Rotating':
      return status.rotation ? runningText(object, status.rotation) : [];
  }
}

/** How a person approves for a consumer: exactly the revision that is running. */
export function approveCommand(object: ApiKeyRotation, consumer: string): string {
  return commandOf(object, `approve --consumer ${consumer} --revision ${object.status?.revision}`);
}

/** A command of the plugin about this rotation, ready to be typed. */
export function commandOf({ metadata: { namespace, name } }: ApiKeyRotation, words: string): string {
  const [command, ...rest] = words.split(' ');
  return ['kubectl apikey', command, name, '-n', namespace, ...rest].join(' ');
}

function settledText({ spec, status = {} }: ApiKeyRotation): string {
  if (status.rolledBack)
    return 'Nothing rotates by itself before spec changes or somebody asks for it: it was rolled back.';
  if (status.nextRotationTime) return `It rotates at ${status.nextRotationTime}.`;
  return spec.schedule
    ? 'It rotates with its schedule.'
    : 'It has no schedule: it rotates when spec changes or somebody asks for it.';
}

function runningText(object: ApiKeyRotation, rotation: RunningRotation): readonly string[] {
  const { publishedAt, oldKey, revokeIntent, inPlace, request } = rotation;
  if (inPlace) return ['When the issuer shows the permissions, it is done; no key is issued or revoked.'];
  if (revokeIntent) {
    const people = request
      ? ` People do that; to confirm: ${commandOf(object, 'confirm-revoked')} ${revokeIntent.keyID}`
      : '';
    return [`Key ${revokeIntent.keyID} is revoked; there is no way back.${people}`];
  }
  if (publishedAt === undefined) {
    const people = request ? [`Somebody gives the key: ${commandOf(object, 'deliver --key-id ID')}`] : [];
    return [
      ...people,
      `The key is verified and written to every target; ${oldKey ? 'then consumers are waited for.' : 'then it is done.'}`,
    ];
  }
  return oldKey ? migratingText(object, rotation, oldKey.keyID) : ['The first key is recorded; then it is done.'];
}

function migratingText(object: ApiKeyRotation, rotation: RunningRotation, keyID: string): readonly string[] {
  const { spec } = object;
  const pending = (rotation.consumers ?? []).filter(({ state }) => state === 'Pending').map(({ name }) => name);
  if (spec.withoutEvidence || pending.length === 0) return [`Key ${keyID} is revoked as soon as its time is over.`];
  const { gracePeriod } = spec.migration ?? {};
  const grace = milliseconds(gracePeriod) > 0 ? ` ${gracePeriod} later` : '';
  return [
    `When ${pending.join(', ')} ${pending.length === 1 ? 'has' : 'have'} moved, key ${keyID} is revoked${grace}.`,
    ...approvals(object, pending),
    ...deadlineText(object, rotation),
    ...wayBack(object, rotation),
  ];
}

function approvals(object: ApiKeyRotation, pending: readonly string[]): readonly string[] {
  const consumers = object.spec.consumers?.filter(({ name, evidence }) => {
    return pending.includes(name) && evidence.some(({ type }) => type === 'Approval');
  });
  return (consumers ?? []).map(({ name }) => `Who may approve for ${name} does so by: ${approveCommand(object, name)}`);
}

/** While there is one. */
function wayBack(
  object: ApiKeyRotation,
  { oldKey, publishedAt, revokeIntent, restoredKey }: RunningRotation,
): string[] {
  if (!oldKey || !publishedAt || revokeIntent || restoredKey) return [];
  return [`To go back to key ${oldKey.keyID}: ${commandOf(object, 'rollback')}`];
}

function deadlineText({ spec }: ApiKeyRotation, { startedAt, restoredKey }: RunningRotation): readonly string[] {
  const { deadline, onDeadline } = spec.migration ?? {};
  if (!deadline) return ['There is no deadline: both keys live until then.'];
  const rollsBack = onDeadline === 'RollBack' && !restoredKey;
  const what = rollsBack
    ? 'the old key is published again'
    : 'it is held, with both keys alive, and somebody is needed';
  return [`At ${later(startedAt, milliseconds(deadline))}, the deadline, ${what}.`];
}
