import { NAMESPACE } from '../../world/places.ts';
import { addPod } from '../../world/world.ts';
import type { BadInput } from '../bad-input.ts';
import type { Answer, Newcomer } from '../newcomer.ts';

function answer(status: number, code: string) {
  return { type: 'Answer', status, code } as const;
}

/** The second key is published; then a report is sent as told. */
function reporting(report: (newcomer: Newcomer) => Promise<Answer>) {
  return {
    wrong: async (newcomer: Newcomer) => {
      newcomer.create();
      await newcomer.story.done(1);
      newcomer.story.annotate({ rotate: 'first' });
      await newcomer.story.published(2);
      return report(newcomer);
    },
    correct: async (newcomer: Newcomer) => {
      for (const pod of ['api-0', 'api-1'])
        await newcomer.report({ fingerprint: newcomer.fingerprint() }, { token: newcomer.token('api', pod) });
    },
  };
}

const right = (newcomer: Newcomer) => ({ fingerprint: newcomer.fingerprint() });
const ownToken = (newcomer: Newcomer) => newcomer.token('api', 'api-0');
const MOUNT_TOKEN =
  'Mount a projected token: `serviceAccountToken: {audience: apikeyrotation.io, path: token}`; [consumers.md](consumers.md) has the manifest.';

/** Reports that count for nothing: the old key lives on. */
export const REPORTS: readonly BadInput[] = [
  {
    did: 'reported without a token',
    seen: answer(401, 'Unauthenticated'),
    ...reporting((newcomer) => newcomer.report(right(newcomer))),
    message:
      'The request says nothing of who sends it: send a projected ServiceAccount token with audience apikeyrotation.io as bearer, or (reports only) a proof',
    names: ['projected ServiceAccount token', 'audience apikeyrotation.io'],
    remedy: MOUNT_TOKEN,
  },
  {
    did: 'reported with the token that every pod has, which is for the Kubernetes API',
    seen: answer(401, 'Unauthenticated'),
    ...reporting((newcomer) =>
      newcomer.report(right(newcomer), { token: newcomer.token('api', 'api-0', 'https://kubernetes.default.svc') }),
    ),
    message:
      'The bearer token was refused by the Kubernetes API: mount a projected serviceAccountToken with audience apikeyrotation.io into the pod and send it as bearer',
    names: ['bearer token', 'audience apikeyrotation.io'],
    remedy: MOUNT_TOKEN,
  },
  {
    did: 'reported with a token from the command line, which is bound to no pod',
    seen: answer(401, 'Unauthenticated'),
    ...reporting((newcomer) => newcomer.report(right(newcomer), { token: newcomer.token('api', null) })),
    message:
      'The bearer token is not bound to a pod: mount a projected serviceAccountToken with audience apikeyrotation.io into the pod and send it as bearer',
    names: ['not bound to a pod', 'projected serviceAccountToken'],
    remedy:
      'A report says what one pod uses. `kubectl create token api --audience apikeyrotation.io --bound-object-kind Pod --bound-object-name api-0` makes one to try with.',
  },
  {
    did: 'reported from a pod of another ServiceAccount',
    seen: answer(403, 'NotAConsumer'),
    ...reporting((newcomer) => {
      newcomer.make({
        kind: 'Pod',
        metadata: { name: 'other-0' },
        spec: { serviceAccountName: 'other', containers: [{ name: 'app', image: 'app' }] },
      });
      return newcomer.report(right(newcomer), { token: newcomer.token('other', 'other-0') });
    }),
    message:
      'Pod other-0 (ServiceAccount other) is not of that consumer of ApiKeyRotation payments/apio: see report.serviceAccountName and podSelector in spec.consumers',
    names: ['Pod other-0 (ServiceAccount other)', 'ApiKeyRotation payments/apio', 'report.serviceAccountName'],
    remedy: 'Add the consumer to `spec.consumers`, or correct its ServiceAccount.',
  },
  {
    did: 'reported for a pod that was deleted since',
    seen: answer(401, 'Unauthenticated'),
    ...reporting((newcomer) => {
      addPod(newcomer.world.kube, 'api-2');
      const token = newcomer.token('api', 'api-2');
      newcomer.world.kube.delete({ resource: 'pods', namespace: NAMESPACE, name: 'api-2' });
      return newcomer.report(right(newcomer), { token });
    }),
    message:
      'The bearer token was refused by the Kubernetes API: mount a projected serviceAccountToken with audience apikeyrotation.io into the pod and send it as bearer',
    names: ['bearer token', 'projected serviceAccountToken'],
    remedy: 'Nothing is to be done: its successor reports.',
  },
  {
    did: 'reported the old key',
    seen: answer(200, 'Superseded'),
    ...reporting((newcomer) => {
      const { fingerprint } = newcomer.story.status().rotation?.oldKey ?? {};
      return newcomer.report({ fingerprint }, { token: ownToken(newcomer) });
    }),
    message: '{"uid":"…","revision":2,"consumer":"api","fingerprint":"…","state":"Superseded","recorded":[]}',
    names: ['Superseded'],
    remedy: 'The answer has the fingerprint of the key to use: load the key again, then report again.',
  },
  {
    did: 'reported a key that is none of the two',
    seen: answer(425, 'UnknownFingerprint'),
    ...reporting((newcomer) => newcomer.report({ fingerprint: '0123456789abcdef' }, { token: ownToken(newcomer) })),
    message:
      'fingerprint: no key in use has it, or one that is just being published; load the key again, then report again',
    names: ['fingerprint', 'load the key again'],
    remedy:
      'Look whether the program reads the path of the target, and strips no character: `printf %s "$KEY" | sha256sum | cut -c1-16`.',
  },
  {
    did: 'sent the key itself instead of its fingerprint',
    seen: answer(400, 'InvalidRequest'),
    ...reporting((newcomer) => newcomer.report({ fingerprint: keyText(newcomer) }, { token: ownToken(newcomer) })),
    message: 'body/fingerprint must match pattern "^[0-9a-f]{16}$": correct the field and send the request again',
    names: ['body/fingerprint', 'correct the field'],
    remedy:
      'The fingerprint is the first 16 hex digits of the SHA-256 of the key. A key that was sent like this has leaked: [emergency](requests.md#emergency).',
  },
  {
    did: 'misspelled a field of the report',
    seen: answer(400, 'InvalidRequest'),
    ...reporting((newcomer) => newcomer.report({ fingerPrint: newcomer.fingerprint() }, { token: ownToken(newcomer) })),
    message: "body must have required property 'fingerprint': correct the field and send the request again",
    names: ['body', 'fingerprint', 'correct the field'],
    remedy: 'Fields are `fingerprint`, and where needed `consumer` and `proof`.',
  },
  {
    did: 'sent a report that is not JSON',
    seen: answer(400, 'InvalidJSON'),
    ...reporting((newcomer) => newcomer.report('fingerprint=…', { token: ownToken(newcomer) })),
    message: 'The body is not valid JSON: send an object with fingerprint',
    names: ['The body', 'send an object with fingerprint'],
    remedy: '`curl --json "{\\"fingerprint\\":\\"$PRINT\\"}" …`',
  },
  {
    did: 'sent a report as a form',
    seen: answer(415, 'UnsupportedMediaType'),
    ...reporting((newcomer) =>
      newcomer.report('fingerprint=1', { token: ownToken(newcomer), type: 'application/x-www-form-urlencoded' }),
    ),
    message: 'The body must be JSON: send the header Content-Type: application/json',
    names: ['The body', 'Content-Type: application/json'],
    remedy: '`curl --json …` sets the header.',
  },
  {
    did: 'sent a report that is far too long',
    seen: answer(413, 'BodyTooLarge'),
    ...reporting((newcomer) => newcomer.report({ fingerprint: 'f'.repeat(10_000) }, { token: ownToken(newcomer) })),
    message: 'The body must be at most 8192 bytes: send fingerprint, consumer and proof only',
    names: ['The body', 'at most 8192 bytes'],
    remedy: 'Send the three fields and nothing else.',
  },
  {
    did: 'misspelled the name of the rotation in the URL',
    seen: answer(404, 'NoSuchRotation'),
    ...reporting((newcomer) => newcomer.report(right(newcomer), { token: ownToken(newcomer), rotation: 'apoi' })),
    message: 'There is no ApiKeyRotation payments/apoi: correct the URL',
    names: ['ApiKeyRotation payments/apoi', 'correct the URL'],
    remedy: '`/v1/namespaces/payments/rotations/apio/reports`; `kubectl -n payments get akr` has the names.',
  },
  {
    did: 'named a consumer that the rotation does not have',
    seen: answer(403, 'NoSuchConsumer'),
    ...reporting((newcomer) => newcomer.report({ ...right(newcomer), consumer: 'apy' }, { token: ownToken(newcomer) })),
    message:
      'consumer: ApiKeyRotation payments/apio has no consumer of that name: correct it, or add it to spec.consumers',
    names: ['consumer', 'ApiKeyRotation payments/apio', 'spec.consumers'],
    remedy: 'Take a name of `spec.consumers`, or leave `consumer` away: the ServiceAccount tells.',
  },
];

/** The text of the key that the target serves. */
function keyText({ world, story }: Newcomer): string {
  return world.apio.keys.find(({ id }) => id === story.serves())?.text ?? '';
}
