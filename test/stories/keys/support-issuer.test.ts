import { describe, expect, test } from 'vitest';
import { issuing, LIVE_URL, type Reply } from '../bad-input/network.ts';
import { arrive, type Newcomer } from '../bad-input/newcomer.ts';
import { deleteRotation, issueByHand } from '../world/outsiders.ts';
import { NAMESPACE } from '../world/places.ts';
import { PODS } from '../world/world.ts';

const MINUTE_MS = 60_000;
const KEY = { environment: 'Live', organization: 'acme', permissions: ['payments:read'], reason: 'PCI scope' };
const SECRET = 'apio-delivered-key';
const HOOK_URL = 'https://desk.test';
const PROBE = { url: LIVE_URL, path: '/v1/api-keys/self' };

interface Made {
  readonly id: string;
  readonly text: string;
}

/** A rotation whose keys people issue; with a probe unless told otherwise. */
function desk(change: object = {}, spec: object = {}): Newcomer {
  const newcomer = arrive();
  const environments = [{ name: 'Live', probe: PROBE }];
  const support = { environments, expectedWithin: '1h', ...change };
  expect(newcomer.make({ kind: 'ApiKeyIssuer', metadata: { name: 'desk' }, spec: { type: 'Support', support } })).toBe(
    undefined,
  );
  expect(newcomer.create({ issuerRef: { name: 'desk' }, key: KEY, ...spec })).toBe(undefined);
  return newcomer;
}

const secretRef = { resource: 'secrets', namespace: NAMESPACE, name: SECRET };
const isThere = ({ world }: Newcomer) => world.kube.exists(secretRef);
const give = (newcomer: Newcomer, { id, text }: Made) => newcomer.secret(SECRET, { key: `${text}\n`, keyID: id });
const isAlive = ({ world }: Newcomer, { id }: Made) =>
  world.apio.statusOf(world.apio.keys.find((key) => key.id === id) ?? { revokedAt: 0, expiresAt: undefined }) ===
  'active';
/** Whatever others than the people who give keys may read. */
const everythingPublic = ({ story, world }: Newcomer) =>
  JSON.stringify([story.status(), world.kube.list({ resource: 'events' }).items, world.logs]);
const messageOf = ({ story }: Newcomer) => story.tells('Rotating');

/** A person issues what is asked for, and gives it. */
async function serve(newcomer: Newcomer): Promise<Made> {
  await newcomer.story.told('KeyRequested');
  const made = issueByHand(newcomer.world);
  give(newcomer, made);
  return made;
}

/** The first key is in use by two pods. */
async function inUse(change: object = {}, spec: object = {}) {
  const newcomer = desk(change, spec);
  const first = await serve(newcomer);
  await newcomer.story.done(1);
  newcomer.story.consume(...PODS);
  return { newcomer, story: newcomer.story, first };
}

describe('people issue and revoke the keys', () => {
  test('the whole loop: asked for, given, used, revoked', async () => {
    const { newcomer, story, first } = await inUse();
    expect(story.serves()).toBe(first.id);
    expect(isThere(newcomer)).toBe(false);
    story.annotate({ rotate: 'a', 'rotate-reason': 'a: yearly' });
    const second = await serve(newcomer);
    await story.told('RevocationRequested');
    expect(story.serves()).toBe(second.id);
    expect(isThere(newcomer)).toBe(false);
    expect(isAlive(newcomer, first)).toBe(true);
    newcomer.world.apio.revokeOutside(first.id);
    await story.done(2);
    expect(story.status().history?.[0]).toMatchObject({ result: 'Revoked', revokedKeyID: first.id, basis: 'Evidence' });
    expect(story.wrongSoFar()).toEqual([]);
  });

  test('the request names all that people need to know, in status, condition and event', async () => {
    const newcomer = desk();
    const { story } = newcomer;
    await story.told('KeyRequested');
    const text =
      'Please issue an API key: organization acme, environment Live, permissions payments:read. Reason: PCI scope. Give it to ApiKeyRotation payments/apio in Secret apio-delivered-key, fields key and keyID: kubectl -n payments create secret generic apio-delivered-key --from-literal=keyID=ID --from-file=key=/dev/stdin (request 1.1)';
    const { request } = story.status().rotation ?? {};
    expect(request).toEqual({ text, secretName: SECRET, since: expect.any(String) });
    expect(messageOf(newcomer)).toMatch(/^KeyRequested: Please issue .* \(asked for at .*Z, expected until .*Z\)$/);
    await story.pass(MINUTE_MS);
    expect(story.messages('KeyRequested')).toEqual([text]);
  });

  test('a change of permissions says what is added and removed, and that the old key is still needed', async () => {
    const { newcomer, story, first } = await inUse();
    story.change({ key: { permissions: ['refunds:read'] } });
    await story.told('KeyRequested');
    expect(messageOf(newcomer)).toContain(
      `permissions refunds:read. It replaces key ${first.id} (added refunds:read, removed payments:read), which must stay alive until its revocation is asked for. Reason: PCI scope.`,
    );
  });

  test('nobody is woken before people were expected, and then somebody is; a late key is taken all the same', async () => {
    const newcomer = desk();
    const { story } = newcomer;
    await story.told('KeyRequested');
    await story.pass(50 * MINUTE_MS);
    expect(story.tells('Stalled')).toMatch(/^Progressing/);
    await story.pass(20 * MINUTE_MS);
    expect(story.tells('Stalled')).toMatch(/^NeedsHuman: people take longer than expected: Please issue/);
    await serve(newcomer);
    await story.done(1);
    expect(story.tells('Stalled')).toMatch(/^Progressing/);
  });

  test('without a probe a person confirms the revocation', async () => {
    const { newcomer, story, first } = await inUse({ environments: [{ name: 'Live' }] });
    story.annotate({ rotate: 'a' });
    await serve(newcomer);
    await story.told('RevocationRequested');
    newcomer.world.apio.revokeOutside(first.id);
    await story.pass(20 * MINUTE_MS);
    expect(story.status().rotation?.revokeIntent?.keyID).toBe(first.id);
    story.annotate({ 'revocation-confirmed': first.id });
    await story.done(2);
    expect(story.wrongSoFar()).toEqual([]);
  });

  test('a confirmation that the probe contradicts is not believed', async () => {
    const { newcomer, story, first } = await inUse();
    story.annotate({ rotate: 'a' });
    await serve(newcomer);
    await story.told('RevocationRequested');
    story.annotate({ 'revocation-confirmed': first.id });
    await story.pass(10 * MINUTE_MS);
    expect(messageOf(newcomer)).toContain('somebody says that it is revoked, but the probe still accepts it');
    newcomer.world.apio.revokeOutside(first.id);
    await story.done(2);
  });
});

describe('a probe that tells nothing of the old key', () => {
  const rows: readonly [string, Reply][] = [
    ['answers 403', { status: 403, body: '{}' }],
    ['answers 500', { status: 500, body: '{}' }],
    ['is away', { code: 'ECONNREFUSED' }],
  ];
  test.each(rows)('because it %s: people are asked all the same, and believed', async (_what, answer) => {
    const { newcomer, story, first } = await inUse();
    const { network, world } = newcomer;
    const right = issuing(world.apio, 'Live');
    const isOfFirst = (request: object) => JSON.stringify(request).includes(first.text);
    network.serve(LIVE_URL, (request) => (isOfFirst(request) ? answer : right(request)));
    story.annotate({ rotate: 'a' });
    await serve(newcomer);
    await story.told('RevocationRequested');
    expect(messageOf(newcomer)).toContain('the probe of ApiKeyIssuer payments/desk (Live)');
    expect(messageOf(newcomer)).toContain('until it tells whether the key works, what a person confirms counts');
    await story.pass(10 * MINUTE_MS);
    expect(story.status().revision).toBe(2);
    world.apio.revokeOutside(first.id);
    story.annotate({ 'revocation-confirmed': first.id });
    await story.done(2);
    expect(story.wrongSoFar()).toEqual([]);
  });
});

describe('a process that ends', () => {
  test('at any moment: the request stays the same, and the key that is given is taken once', async () => {
    const { newcomer, story } = await inUse();
    for (let round = 2; round <= 5; round += 1) {
      story.annotate({ rotate: `round ${round}` });
      await story.told('KeyRequested');
      const asked = story.status().rotation?.request;
      await story.world.stop();
      story.world.start();
      const old = story.serves() ?? '';
      const made = await serve(newcomer);
      if (round === 3) {
        await story.world.stop();
        story.world.start();
      }
      await story.told('RevocationRequested');
      expect(story.status()).toMatchObject({ revision: round, attempt: 1 });
      expect(asked?.text).toContain(`(request ${round}.1)`);
      expect(story.serves()).toBe(made.id);
      newcomer.world.apio.revokeOutside(old);
      await story.done(round);
    }
    expect(isThere(newcomer)).toBe(false);
    expect(story.wrongSoFar()).toEqual([]);
  });

  test('two processes work at once: one key is asked for, one is taken', async () => {
    const { newcomer, story, first } = await inUse();
    story.world.start();
    story.annotate({ rotate: 'a' });
    await story.told('KeyRequested');
    await story.pass(20 * MINUTE_MS);
    const second = await serve(newcomer);
    await story.told('RevocationRequested');
    newcomer.world.apio.revokeOutside(first.id);
    await story.done(2);
    expect(story.serves()).toBe(second.id);
    expect(story.status().history?.[0]?.attempts).toBe(1);
    expect(story.wrongSoFar()).toEqual([]);
  });
});

describe('what people give is refused, and left for them to correct', () => {
  const right = { key: 'apio_live_0123456789abcdefghij', keyID: 'key_1' };
  const rows: readonly [string, Record<string, string>, string][] = [
    ['no key', { keyID: 'key_1' }, 'field key is missing'],
    ['no id', { key: right.key }, 'field keyID is missing'],
    ['an id that is none', { ...right, keyID: 'key 1/2' }, 'field keyID is no id'],
    ['a short key', { ...right, key: 'short' }, 'field key has fewer than 20 characters'],
    ['two lines', { ...right, key: `${right.key}\n${right.key}` }, 'field key has spaces, line breaks'],
    ['a key that does not work', right, 'field key is no living key of environment Live'],
    ['the key in both fields', { ...right, keyID: right.key }, 'field keyID has the text of the key in it'],
    ['the key within the id', { ...right, keyID: `id-${right.key}` }, 'field keyID has the text of the key in it'],
    ['nearly all of the key as the id', { ...right, keyID: right.key.slice(5) }, 'field keyID has the text of the key'],
    ['the fields swapped', { key: 'key_0123456789abcdef', keyID: right.key }, 'field key and field keyID look swapped'],
    [
      'the fields swapped, with a short id',
      { key: 'key_1', keyID: right.key },
      'field key and field keyID look swapped',
    ],
  ];
  test.each(rows)('%s', async (_what, fields, problem) => {
    const newcomer = desk();
    const { story } = newcomer;
    await story.told('KeyRequested');
    newcomer.secret(SECRET, fields);
    await story.pass(2 * MINUTE_MS);
    expect(messageOf(newcomer)).toContain(`Secret ${SECRET} is not taken: ${problem}`);
    for (const text of Object.values(fields).filter((each) => each.length >= 20))
      expect(everythingPublic(newcomer)).not.toContain(text);
    expect(isThere(newcomer)).toBe(true);
    await serve(newcomer);
    await story.done(1);
  });

  test('the fields swapped, where no probe tells', async () => {
    const newcomer = desk({ environments: [{ name: 'Live' }] });
    const { story } = newcomer;
    await story.told('KeyRequested');
    const { id, text } = issueByHand(newcomer.world);
    newcomer.secret(SECRET, { key: `${id}-${id}`, keyID: text });
    await story.pass(2 * MINUTE_MS);
    expect(messageOf(newcomer)).toContain('field key and field keyID look swapped');
    expect(everythingPublic(newcomer)).not.toContain(text);
    give(newcomer, { id, text });
    await story.done(1);
    expect(story.serves()).toBe(id);
  });

  test('the text of another living key as the id, which only the probe knows', async () => {
    const newcomer = desk();
    const { story, world } = newcomer;
    await story.told('KeyRequested');
    const [made, other] = [issueByHand(world), issueByHand(world)];
    newcomer.secret(SECRET, { key: made.text, keyID: other.text });
    await story.pass(2 * MINUTE_MS);
    expect(messageOf(newcomer)).toContain('field keyID holds a living key of environment Live, not the id of one');
    expect(everythingPublic(newcomer)).not.toContain(other.text);
    give(newcomer, made);
    await story.done(1);
  });

  test('a key of the other environment', async () => {
    const newcomer = desk();
    const { apio } = newcomer.world;
    const manager = apio.createManager('Test', 'acme');
    const request = { organization: 'acme', environment: 'Test', permissions: ['payments:read'], label: undefined };
    await newcomer.story.told('KeyRequested');
    give(newcomer, apio.issue(manager, request, undefined).key);
    await newcomer.story.pass(2 * MINUTE_MS);
    expect(messageOf(newcomer)).toContain('field key is no living key of environment Live');
  });

  test('a Secret that was there before anybody was asked', async () => {
    const newcomer = arrive();
    give(newcomer, issueByHand(newcomer.world));
    const support = { environments: [{ name: 'Live', probe: PROBE }], expectedWithin: '1h' };
    newcomer.make({ kind: 'ApiKeyIssuer', metadata: { name: 'desk' }, spec: { type: 'Support', support } });
    newcomer.create({ issuerRef: { name: 'desk' }, key: KEY });
    await newcomer.story.told('KeyRequested');
    await newcomer.story.pass(2 * MINUTE_MS);
    expect(messageOf(newcomer)).toContain('it was there before this key was asked for');
    await serve(newcomer);
    await newcomer.story.done(1);
  });

  test('the key in use, given once more', async () => {
    const { newcomer, story, first } = await inUse();
    story.annotate({ rotate: 'a' });
    await story.told('KeyRequested');
    give(newcomer, first);
    await story.pass(2 * MINUTE_MS);
    expect(messageOf(newcomer)).toContain(`field key holds key ${first.id}, which was delivered before`);
    const other = issueByHand(newcomer.world);
    give(newcomer, { id: first.id, text: other.text });
    await story.pass(2 * MINUTE_MS);
    expect(messageOf(newcomer)).toContain(`field keyID names key ${first.id}, which was delivered before`);
  });

  test('a second key after the first was taken: it answers no request', async () => {
    const { newcomer, story, first } = await inUse();
    const second = issueByHand(newcomer.world);
    give(newcomer, second);
    await story.pass(20 * MINUTE_MS);
    expect(story.serves()).toBe(first.id);
    story.annotate({ rotate: 'a' });
    await story.told('KeyRequested');
    await story.pass(2 * MINUTE_MS);
    expect(messageOf(newcomer)).toContain('it was there before this key was asked for');
    expect(messageOf(newcomer)).toContain(`delete it, have key ${second.id} revoked unless somebody uses it, then`);
    expect(isThere(newcomer)).toBe(true);
  });
});

describe('whatever else befalls a rotation', () => {
  test('suspended, nothing is taken', async () => {
    const newcomer = desk();
    const { story } = newcomer;
    await story.told('KeyRequested');
    story.change({ suspend: true });
    await story.told('Suspended');
    give(newcomer, issueByHand(newcomer.world));
    await story.pass(20 * MINUTE_MS);
    expect(isThere(newcomer)).toBe(true);
    story.change({ suspend: false });
    await story.done(1);
  });

  test('the spec is corrected while people are asked: they are asked anew', async () => {
    const newcomer = desk();
    const { story } = newcomer;
    await story.told('KeyRequested');
    story.change({ key: { permissions: ['payments:read', 'payments:write'] } });
    await story.until(({ rotation }) => rotation?.request?.text.includes('payments:write') === true);
    expect(story.status().attempt).toBe(2);
    await serve(newcomer);
    await story.done(1);
  });

  test('the current key leaks: people are told that it is urgent', async () => {
    const { newcomer, story, first } = await inUse();
    story.annotate({ emergency: `e/${first.id}` });
    await story.told('KeyRequested');
    expect(messageOf(newcomer)).toContain('URGENT, a key has leaked. Please issue');
    await serve(newcomer);
    await story.told('RevocationRequested');
    expect(messageOf(newcomer)).toContain('URGENT, it has leaked. Please revoke');
    newcomer.world.apio.revokeOutside(first.id);
    await story.done(2);
    expect(story.status().history?.[0]?.basis).toBe('Emergency');
  });

  test('the old key leaks while people are asked for a new one: they are told that it is urgent now', async () => {
    const { newcomer, story, first } = await inUse();
    story.annotate({ rotate: 'a' });
    await story.told('KeyRequested');
    expect(messageOf(newcomer)).not.toContain('URGENT');
    story.annotate({ emergency: `e/${first.id}` });
    await story.pass(2 * MINUTE_MS);
    expect(messageOf(newcomer)).toContain('URGENT, a key has leaked. Please issue');
    expect(story.status().rotation?.request?.text).toMatch(/^URGENT/);
    expect(story.messages('KeyRequested').at(-1)).toMatch(/^URGENT/);
    await serve(newcomer);
    await story.told('RevocationRequested');
    newcomer.world.apio.revokeOutside(first.id);
    await story.done(2);
    expect(story.invariants()).toEqual([]);
  });

  test('rolled back: the first key is published again, and the revocation of the second asked for', async () => {
    const newcomer = desk();
    const { story } = newcomer;
    const first = await serve(newcomer);
    await story.done(1);
    story.consume(...PODS.slice(0, 1));
    story.annotate({ rotate: 'a' });
    const second = await serve(newcomer);
    await story.halfMoved();
    story.annotate({ rollback: '2/a' });
    await story.until(({ revision }) => revision === 3);
    story.consume(...PODS.slice(1));
    await story.told('RevocationRequested');
    expect(messageOf(newcomer)).toContain(`Please revoke API key ${second.id}`);
    newcomer.world.apio.revokeOutside(second.id);
    await story.done(3);
    expect(story.serves()).toBe(first.id);
  });

  test('deleted while people are asked: it goes', async () => {
    const newcomer = desk();
    await newcomer.story.told('KeyRequested');
    deleteRotation(newcomer.story);
    await newcomer.story.gone();
  });

  test('deleted with Retain, the key lives; with Revoke its revocation is asked for, and told when tries end', async () => {
    for (const deletionPolicy of ['Retain', 'Revoke']) {
      const { newcomer, story, first } = await inUse({}, { deletionPolicy });
      deleteRotation(story);
      await story.gone();
      expect(isAlive(newcomer, first)).toBe(true);
      const reason = deletionPolicy === 'Retain' ? 'KeysRetained' : 'DeletionGaveUp';
      expect(story.messages(reason).join()).toContain(first.id);
    }
  });

  test('a webhook is told of each request once, without any key', async () => {
    const told: { text: string; requestID: string }[] = [];
    const newcomer = desk({ webhook: { url: HOOK_URL, path: '/hooks/keys' } });
    newcomer.network.serve(HOOK_URL, (request) => {
      told.push(JSON.parse(String(request.body)));
      return { status: 200, body: 'ok' };
    });
    const { story } = newcomer;
    const first = await serve(newcomer);
    await story.done(1);
    story.consume(...PODS);
    story.annotate({ rotate: 'a' });
    await serve(newcomer);
    await story.told('RevocationRequested');
    newcomer.world.apio.revokeOutside(first.id);
    await story.done(2);
    expect(told.map(({ requestID, text }) => [requestID.split('/').slice(2).join('/'), text.slice(0, 13)])).toEqual([
      ['1.1', 'Please issue '],
      ['2.1', 'Please issue '],
      ['1.1/revoke', 'Please revoke'],
    ]);
    for (const { text } of newcomer.world.apio.keys) expect(JSON.stringify(told)).not.toContain(text);
  });
});

describe('a request that becomes urgent', () => {
  /** Of each message: for what it is, and whether it says that it is urgent. */
  function hooked(newcomer: Newcomer): [string, boolean][] {
    const told: [string, boolean][] = [];
    newcomer.network.serve(HOOK_URL, ({ body }) => {
      const { requestID, text } = JSON.parse(String(body));
      told.push([requestID.split('/').slice(2).join('/'), text.startsWith('URGENT')]);
      return { status: 200, body: 'ok' };
    });
    return told;
  }

  test.each(['asked for', 'revoked'])(
    'while a key is %s: the webhook is told once more, as another request',
    async (phase) => {
      const { newcomer, story, first } = await inUse({ webhook: { url: HOOK_URL, path: '/hooks/keys' } });
      const told = hooked(newcomer);
      story.annotate({ rotate: 'a' });
      await story.told('KeyRequested');
      if (phase === 'asked for') story.annotate({ emergency: `e/${first.id}` });
      await story.pass(2 * MINUTE_MS);
      await serve(newcomer);
      await story.told('RevocationRequested');
      if (phase === 'revoked') story.annotate({ emergency: `e/${first.id}` });
      await story.pass(20 * MINUTE_MS);
      newcomer.world.apio.revokeOutside(first.id);
      await story.done(2);
      const asked: [string, boolean][] = [['2.1', false]];
      const expected: [string, boolean][] =
        phase === 'asked for'
          ? [...asked, ['2.1/urgent', true], ['1.1/revoke', true]]
          : [...asked, ['1.1/revoke', false], ['1.1/revoke/urgent', true]];
      expect(told).toEqual(expected);
    },
  );
});

/** Every call of the operator that has to do with what people are asked for and give. */
const CALLS = [
  'kube GET secrets',
  'kube CREATE secrets',
  'kube PUT secrets',
  'kube DELETE secrets',
  'kube PUT status apikeyrotations',
];
const FAULTS = ['DieBefore', 'DieAfter', 'LoseRequest', 'LoseAnswer', 'Unavailable'] as const;
const MOMENTS = CALLS.flatMap((call) => FAULTS.map((type) => ({ call, type })));

describe.each(MOMENTS)('$type at $call', ({ call, type }) => {
  test.each(['asking', 'taking'])(
    'while %s: nobody is asked twice, and no key is taken twice or lost',
    async (phase) => {
      const newcomer = desk();
      const { story } = newcomer;
      if (phase === 'asking') story.faults.push({ call, type, times: 1 });
      await story.told('KeyRequested');
      if (phase === 'taking') story.faults.push({ call, type, times: 1 });
      const first = await serve(newcomer);
      await story.done(1);
      expect(story.serves()).toBe(first.id);
      expect(isThere(newcomer)).toBe(false);
      expect(story.messages('KeyRequested')).toHaveLength(1);
      expect(story.status()).toMatchObject({ revision: 1, current: { keyID: first.id } });
    },
  );
});
