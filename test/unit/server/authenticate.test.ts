import { describe, expect, it } from 'vitest';
import { CallError } from '../../../src/http/call-error.ts';
import { pods } from '../../../src/runtime/kube/resources.ts';
import { boundTo, createWorld, migrating, NEW, reporting, rotation, TOKEN } from './reports-world.ts';

const ROTATION = rotation([reporting('api', 'api')], migrating(['api']));
type World = ReturnType<typeof createWorld>;

const username = 'system:serviceaccount:team:api';

function podOf(uid: string, phase: string, serviceAccountName = 'api') {
  const metadata = { name: 'api-1', namespace: 'team', uid };
  return { metadata, spec: { serviceAccountName }, status: { phase } };
}

const REFUSED: Record<string, { arrange: (world: World) => unknown; status: number; code: string }> = {
  'that nobody issued': { arrange: ({ kube }) => kube.tokens.clear(), status: 401, code: 'Unauthenticated' },
  'for another audience': {
    arrange: ({ kube }) => kube.tokens.set(TOKEN, { username, audiences: ['vault'], extra: boundTo('api-1') }),
    status: 401,
    code: 'Unauthenticated',
  },
  'from an API server that knows no audiences': {
    arrange: ({ kube }) => kube.tokens.set(TOKEN, { username, audiences: [], extra: boundTo('api-1') }),
    status: 401,
    code: 'Unauthenticated',
  },
  'that is bound to no pod': {
    arrange: ({ kube }) => kube.tokens.set(TOKEN, { username }),
    status: 401,
    code: 'Unauthenticated',
  },
  'of a person': {
    arrange: ({ kube }) => kube.tokens.set(TOKEN, { username: 'alice', extra: boundTo('api-1') }),
    status: 401,
    code: 'Unauthenticated',
  },
  'of another namespace': {
    arrange: ({ kube }) =>
      kube.tokens.set(TOKEN, { username: 'system:serviceaccount:other:api', extra: boundTo('api-1') }),
    status: 403,
    code: 'WrongNamespace',
  },
  'of a pod that is gone': {
    arrange: ({ kube }) => kube.remove(pods, 'team', 'api-1'),
    status: 403,
    code: 'PodGone',
  },
  'of a pod whose name another one took over': {
    arrange: ({ kube }) => kube.seed(pods, podOf('another', 'Running')),
    status: 403,
    code: 'PodGone',
  },
  'of a pod that failed': {
    arrange: ({ kube }) => kube.seed(pods, podOf('uid-of-api-1', 'Failed')),
    status: 403,
    code: 'PodFinished',
  },
  'of a pod that succeeded': {
    arrange: ({ kube }) => kube.seed(pods, podOf('uid-of-api-1', 'Succeeded')),
    status: 403,
    code: 'PodFinished',
  },
  'of a ServiceAccount that the pod does not run as': {
    arrange: ({ kube }) => kube.seed(pods, podOf('uid-of-api-1', 'Running', 'other')),
    status: 403,
    code: 'WrongServiceAccount',
  },
};

describe('a token', () => {
  for (const [sentence, { arrange, status, code }] of Object.entries(REFUSED)) {
    it(`${sentence} is refused`, async () => {
      const world = createWorld(ROTATION);
      arrange(world);
      const answer = await world.report({ fingerprint: NEW });
      expect([answer.status, answer.body.error.code]).toEqual([status, code]);
      expect(answer.text).not.toContain(TOKEN);
      expect(world.records()).toEqual([]);
    });
  }

  it.each(['Basic YTpi', 'Bearer', 'Bearer not-a-jwt', `Bearer ${TOKEN} more`])(
    'in the form "%s" costs no call',
    async (authorization) => {
      const world = createWorld(ROTATION);
      const { status } = await world.report({ fingerprint: NEW }, { authorization });
      expect(status).toBe(401);
      expect(world.kube.calls).toEqual([]);
    },
  );

  it('cannot be left out without a proof', async () => {
    const { status, body } = await createWorld(ROTATION).report({ fingerprint: NEW }, {});
    expect([status, body.error.code]).toEqual([401, 'Unauthenticated']);
  });

  it('is reviewed for the configured audience', async () => {
    const world = createWorld(ROTATION, { audience: 'elsewhere' });
    world.kube.tokens.set(TOKEN, { username, audiences: ['elsewhere'], extra: boundTo('api-1') });
    expect((await world.report({ fingerprint: NEW })).status).toBe(200);
    world.kube.tokens.set(TOKEN, { username, audiences: ['apikeyrotation.io'], extra: boundTo('api-1') });
    expect((await world.report({ fingerprint: NEW })).status).toBe(401);
  });

  describe('that says when it ends', () => {
    const claims = { exp: 4_000_000_000 };
    const token = `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signed`;
    const headers = { authorization: `Bearer ${token}` };
    function arrange(): World {
      const world = createWorld(ROTATION);
      world.kube.tokens.set(token, { username, extra: boundTo('api-1') });
      return world;
    }
    const reviews = ({ kube }: World) => kube.calls.filter((call) => call === 'POST tokenreviews').length;

    it('is reviewed once a minute, and its pod is looked at each time', async () => {
      const world = arrange();
      for (let times = 0; times < 3; times += 1) expect((await world.ask('', headers)).status).toBe(200);
      expect(reviews(world)).toBe(1);
      expect(world.kube.calls.filter((call) => call === 'GET pods')).toHaveLength(3);
      world.kube.tokens.clear();
      await world.clock.advance(60_000);
      expect((await world.ask('', headers)).status).toBe(401);
    });

    it.each(Object.entries(REFUSED).filter(([, { code }]) => code.startsWith('Pod') || code === 'WrongServiceAccount'))(
      '%s is refused, although it was accepted a moment ago',
      async (_sentence, { arrange: change, status, code }) => {
        const world = arrange();
        expect((await world.report({ fingerprint: NEW }, headers)).status).toBe(200);
        change(world);
        const answer = await world.report({ fingerprint: NEW }, headers);
        expect([answer.status, answer.body.error.code]).toEqual([status, code]);
        expect(reviews(world)).toBe(1);
      },
    );

    it('opens no other namespace once it was accepted in its own', async () => {
      const world = arrange();
      expect((await world.ask('', headers)).status).toBe(200);
      const url = '/v1/namespaces/other/rotations/payments';
      const { statusCode } = await world.app.inject({ method: 'GET', url, headers });
      expect(statusCode).toBe(403);
    });

    it('is reviewed again after it was refused', async () => {
      const world = arrange();
      world.kube.tokens.clear();
      expect((await world.ask('', headers)).status).toBe(401);
      world.kube.tokens.set(token, { username, extra: boundTo('api-1') });
      expect((await world.ask('', headers)).status).toBe(200);
    });
  });

  it.each([
    [6.2, '7'],
    [0, '1'],
    [undefined, '2'],
  ])('is neither accepted nor refused while the Kubernetes API asks for %s s of patience', async (asked, told) => {
    const world = createWorld(ROTATION);
    const error = new CallError('unavailable', 'TooManyRequests', 'busy', { retryAfterSeconds: asked });
    world.kube.failNext = { call: 'POST tokenreviews', error };
    const { status, headers } = await world.report({ fingerprint: NEW });
    expect([status, headers['retry-after']]).toEqual([503, told]);
  });
});
