import type { BadInput } from '../bad-input.ts';
import type { Newcomer } from '../newcomer.ts';

function event(reason: string) {
  return { type: 'Event', reason } as const;
}

/** At rest with its first key, without anybody who is waited for. */
async function settled(newcomer: Newcomer): Promise<void> {
  newcomer.create({ consumers: null, withoutEvidence: { overlap: '1m' } });
  await newcomer.story.done(1);
}

/** The request is made of a rotation at rest, then the right one. */
function request(wrong: Record<string, string>, right: Record<string, string>) {
  return {
    wrong: async (newcomer: Newcomer) => {
      await settled(newcomer);
      newcomer.story.annotate(wrong);
    },
    correct: async ({ story }: Newcomer) => {
      story.annotate(right);
      await story.done(2);
    },
  };
}

const AGAIN = { rotate: 'again' };

/** Annotations that ask for what cannot be done: refused once, with a Warning event, and without any effect. */
export const REQUESTS: readonly BadInput[] = [
  {
    did: 'asked for a roll back while nothing rotates',
    seen: event('RollbackImpossible'),
    ...request({ rollback: '1/now' }, AGAIN),
    message:
      'roll back refused: no rotation is running; for another key: kubectl annotate --overwrite akr -n payments apio apikeyrotation.io/rotate=$(date +%s)',
    names: ['no rotation is running', 'rotate='],
    remedy: 'The key before is dead already. `rotate` issues another one.',
  },
  {
    did: 'asked for a roll back without the revision',
    seen: event('RollbackImpossible'),
    ...request({ rollback: 'now' }, AGAIN),
    message: 'roll back refused: annotation apikeyrotation.io/rollback must read <running revision>/<token>',
    names: ['rollback', '<running revision>/<token>'],
    remedy: '`kubectl -n payments get akr apio -o jsonpath={.status.revision}` tells the revision.',
  },
  {
    did: 'told of a leak without the id of the key',
    seen: event('EmergencyRefused'),
    ...request({ emergency: 'now' }, AGAIN),
    message: 'emergency refused: annotation apikeyrotation.io/emergency must read <token>/<key id>; its keys are key_…',
    names: ['emergency', '<token>/<'],
    remedy: '`kubectl -n payments get akr apio -o jsonpath={.status.current.keyID}` tells the id of the serving key.',
  },
  {
    did: 'told of a leak of a key that is none of this rotation',
    seen: event('EmergencyRefused'),
    ...request({ emergency: 'now/key_000000000000' }, AGAIN),
    message: 'emergency refused: key_… is no key of this rotation; its keys are key_…',
    names: ['emergency', 'key_…'],
    remedy: 'Look up the rotation that has this key: `kubectl get akr -A -o yaml | grep key_000000000000`.',
  },
  {
    did: 'dropped a target while nothing rotates',
    seen: event('DropTargetRefused'),
    ...request({ 'drop-target': '1/vault' }, AGAIN),
    message: 'drop-target refused: no rotation is running; a target leaves for good by taking it out of spec.targets',
    names: ['drop-target', 'no rotation is running', 'spec.targets'],
    remedy: 'Take the target out of `spec.targets`.',
  },
  {
    did: 'dropped the last target',
    seen: event('DropTargetRefused'),
    wrong: async (newcomer) => {
      await settled(newcomer);
      newcomer.change({ withoutEvidence: { overlap: '1h' } });
      newcomer.story.annotate(AGAIN);
      await newcomer.story.published(2);
      newcomer.story.annotate({ 'drop-target': '2/vault' });
    },
    correct: ({ change }) => change({ withoutEvidence: { overlap: '1m' } }),
    message: 'drop-target refused: vault is the last target: the key would be nowhere',
    names: ['drop-target', 'vault', 'last target'],
    remedy: 'Repair the store, or add another target first.',
  },
];
