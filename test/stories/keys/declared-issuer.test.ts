import { describe, expect, it, test } from 'vitest';
import { declaredApio } from '../../doubles/declared-apio.ts';
import { issuing, LIVE_URL } from '../bad-input/network.ts';
import { arrive, type Newcomer } from '../bad-input/newcomer.ts';
import { forceDelete } from '../world/outsiders.ts';
import { NAMESPACE } from '../world/places.ts';

const MINUTE_MS = 60_000;
const DECLARED = { resource: 'apikeyissuers.apikeyrotation.io', namespace: NAMESPACE, name: 'declared' };
const KEY = { environment: 'Live', organization: 'acme', permissions: ['payments:read'] };

/** A newcomer whose issuer is declared in YAML, request by request. */
function declare(change: object = {}, key: object = KEY): Newcomer {
  const newcomer = arrive();
  const http = { ...declaredApio(LIVE_URL), ...change };
  expect(
    newcomer.make({
      kind: 'ApiKeyIssuer',
      metadata: { name: 'declared' },
      spec: { type: 'HTTP', http: defined(http) },
    }),
  ).toBe(undefined);
  newcomer.create({ issuerRef: { name: 'declared' }, key });
  return newcomer;
}

const defined = <T>(value: T): T => JSON.parse(JSON.stringify(value));

/** A newcomer whose issuer has made a key, and is asked in the wrong place which one it is. */
async function waiting(): Promise<Newcomer> {
  const { verify } = declaredApio(LIVE_URL);
  const newcomer = declare({ verify: { ...verify, request: { method: 'GET', path: '/v1/nowhere' } } });
  await newcomer.story.pass(10 * MINUTE_MS);
  expect(newcomer.story.issued()).toBe(1);
  expect(newcomer.story.live()).toHaveLength(1);
  return newcomer;
}

describe('an issuer of type HTTP', () => {
  it('has its keys issued, published, migrated to and revoked like any other', async () => {
    const { story } = declare();
    await story.done(1);
    const first = story.serves();
    story.consume('api-0', 'api-1');
    story.annotate({ rotate: 'a' });
    await story.done(2);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.live()).not.toContain(first);
    expect(story.wrong()).toEqual([]);
  });

  it('that does not say which key it is shown has it known by what status recorded, and back again in a roll back', async () => {
    const { verify } = declaredApio(LIVE_URL);
    const { story } = declare({ verify: { request: verify.request, credential: verify.credential } });
    await story.done(1);
    const first = story.serves();
    story.consume('api-0');
    story.annotate({ rotate: 'a' });
    await story.halfMoved();
    story.annotate({ rollback: '2/a' });
    await story.until(({ revision }) => revision === 3);
    story.consume('api-1');
    await story.done(3);
    expect(story.serves()).toBe(first);
    expect(story.live()).toEqual([first]);
    expect(story.wrong()).toEqual([]);
  });

  it('that takes its time to revoke is asked until the key is dead, and the rotation says so', async () => {
    const { story, network, world } = declare();
    const right = issuing(world.apio, 'Live');
    let isBusy = true;
    network.serve(LIVE_URL, (request) =>
      isBusy && request.path.endsWith('/revoke') ? { status: 202, body: '{}' } : right(request),
    );
    await story.done(1);
    const first = story.serves();
    story.consume('api-0', 'api-1');
    story.annotate({ rotate: 'a' });
    await story.told('RevocationPending');
    expect(story.tells('Rotating')).toContain(`the issuer still shows key ${first} as alive after it was revoked`);
    expect(story.status().revision).toBe(2);
    isBusy = false;
    await story.done(2);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  });

  it.each([
    [409, 'RevocationPending'],
    [422, 'RequestRefused'],
    [403, 'AccessDenied'],
  ])(
    'that takes its time to revoke, and answers %i to whoever asks again, is believed as soon as the key is dead',
    async (status, reason) => {
      const { story, network, world } = declare();
      const right = issuing(world.apio, 'Live');
      let asked = 0;
      network.serve(LIVE_URL, (request) => {
        if (!request.path.endsWith('/revoke')) return right(request);
        asked += 1;
        return asked === 1 ? { status: 202, body: '{}' } : { status, body: '{}' };
      });
      await story.done(1);
      const first = story.serves() ?? '';
      story.consume('api-0', 'api-1');
      story.annotate({ rotate: 'a' });
      await story.told(reason);
      expect(story.live()).toContain(first);
      world.apio.revokeOutside(first);
      await story.done(2);
      expect(story.live()).toEqual([story.serves()]);
    },
  );

  it('that neither revokes a key for us nor shows it is not believed to have it dead', async () => {
    const { story, network, world } = declare();
    const right = issuing(world.apio, 'Live');
    let isHidden = false;
    await story.done(1);
    const first = story.serves() ?? '';
    network.serve(LIVE_URL, async (request) => {
      if (request.path.endsWith('/revoke')) {
        isHidden = true;
        return { status: 403, body: '{}' };
      }
      if (isHidden && request.path.endsWith(first)) return { status: 404, body: '{}' };
      return isHidden && request.path.includes('?') ? { status: 200, body: '{"data":[]}' } : right(request);
    });
    story.consume('api-0', 'api-1');
    story.annotate({ rotate: 'a' });
    await story.told('AccessDenied');
    await story.pass(10 * MINUTE_MS);
    expect(story.status().rotation?.revokeIntent?.keyID).toBe(first);
    expect(story.live()).toContain(first);
  });

  it('has a key that waits for its probe published by the attempt that made it, once the declaration is corrected', async () => {
    const { story, change } = await waiting();
    expect(change({ http: { verify: declaredApio(LIVE_URL).verify } }, DECLARED)).toBeUndefined();
    await story.done(1);
    expect(story.issued()).toBe(1);
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  });

  it('that is deleted while a key waits for its probe has that key given back, when the rotation goes too', async () => {
    const { story, world } = await waiting();
    world.kube.delete(DECLARED);
    await story.pass(MINUTE_MS);
    forceDelete(story);
    await story.pass(MINUTE_MS);
    expect(story.live()).toEqual([]);
  });

  it('remembers with each key the parameters by which it is found, and gives it another when they change', async () => {
    const parameters = [{ name: 'team', pattern: '[a-z]+' }];
    const revoke = {
      request: {
        method: 'POST',
        path: '/v1/api-keys/{{keyID}}/revoke',
        headers: { 'X-Team': '{{parameters.team}}' },
      },
    } as const;
    const { story, network, world, change } = declare({ parameters, revoke }, { ...KEY, parameters: { team: 'red' } });
    const teams: unknown[] = [];
    const right = issuing(world.apio, 'Live');
    network.serve(LIVE_URL, (request) => {
      if (request.path.endsWith('/revoke'))
        teams.push(new Headers(Object.entries(request.headers ?? {})).get('x-team'));
      return right(request);
    });
    await story.done(1);
    story.consume('api-0', 'api-1');
    change({ key: { parameters: { team: 'blue' } } });
    await story.done(2);
    expect(teams).toEqual(['red']);
    expect(story.status().current?.issuer.parameters).toEqual({ team: 'blue' });
    expect(story.status().history?.[0]).toMatchObject({ reason: 'parameters [team=red] -> [team=blue]' });
    expect(story.live()).toEqual([story.serves()]);
    expect(story.wrong()).toEqual([]);
  });
});

it('an issuer whose ids are as long as its keys is told what to say, and its key not lost', async () => {
  const newcomer = declare({});
  const { story, world, network } = newcomer;
  const right = issuing(world.apio, 'Live');
  const tail = 'x'.repeat(50);
  network.serve(LIVE_URL, (request) => {
    const { status, body = '' } = right({ ...request, path: request.path.replace(tail, '') });
    return { status, body: body.replace(/"id":"(key_[^"]*)"/g, `"id":"$1${tail}"`) };
  });
  await story.pass(10 * MINUTE_MS);
  expect(story.tells('Rotating')).toContain('or let it say what they look like (spec.http.key.keyIDPattern)');
  expect(story.live()).toHaveLength(1);
  newcomer.change({ http: { key: { keyIDPattern: 'key_[a-zA-Z0-9_-]+' } } }, DECLARED);
  await story.done(1);
  expect(story.status().current?.keyID).toContain(tail);
  expect(story.live()).toHaveLength(1);
});

describe('a declaration that takes the text of a key for its id', () => {
  const { key, issue, verify, capabilities } = declaredApio(LIVE_URL);
  const elsewhere = { key: { ...key, keyID: '/key' } };
  const unlisted = { check: { request: { method: 'GET', path: '/v1/api-keys' } }, list: undefined } as const;
  const rows: readonly [string, object, string][] = [
    ['in an answer that has both', elsewhere, 'a key of ours in it has no id'],
    ['in the place of the other', { ...elsewhere, issue: { ...issue, key: '/id' } }, 'a key of ours in it has no id'],
    ['in every answer about keys', { key: { ...key, keyID: '/text' } }, 'its ids are not believed'],
    ['where keys are found by a repeat', { ...elsewhere, ...unlisted }, 'it does not have the id of the key'],
    [
      'where none is found',
      { ...elsewhere, ...unlisted, capabilities: { ...capabilities, replay: 'None' } },
      'may be alive that nobody has seen',
    ],
    [
      'when it is shown to the issuer',
      { verify: { ...verify, record: undefined, keyID: '/echo' } },
      'unusable answer to verify a key: what should be the id of the key gives away its text',
    ],
  ];

  test.each(rows)('%s: it is told to nobody, and the key not lost', async (_what, change, told) => {
    const newcomer = declare(change);
    const { story, world, network } = newcomer;
    const paths: string[] = [];
    const right = issuing(world.apio, 'Live');
    network.serve(LIVE_URL, (request) => {
      paths.push(request.path);
      const { status, body = '' } = right(request);
      const text = world.apio.keys.at(-1)?.text;
      const described = body.replaceAll('"label":', `"text":"${text}","label":`);
      return { status, body: described.replace('{', `{"echo":"${text}",`) };
    });
    await story.pass(10 * MINUTE_MS);
    expect(story.tells('Rotating')).toContain(told);
    expect(story.live()).toHaveLength(1);
    const isLost = 'capabilities' in change;
    if (isLost) story.annotate({ rotate: 'looked there' });
    newcomer.change({ http: { key, issue, verify: { ...verify, keyID: null } } }, DECLARED);
    await story.done(1);
    expect(story.live().slice(isLost ? 1 : 0)).toEqual([story.serves()]);
    const events = world.kube.list({ resource: 'events' }).items;
    for (const { text } of world.apio.keys)
      expect(JSON.stringify([story.status(), events, world.logs, paths])).not.toContain(text);
  });
});
