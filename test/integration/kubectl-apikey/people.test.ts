import { afterEach, describe, expect, test } from 'vitest';
import { LIVE_URL } from '../../stories/bad-input/network.ts';
import { arrive, type Newcomer } from '../../stories/bad-input/newcomer.ts';
import { applyPolicy, deleteRotation, issueByHand } from '../../stories/world/outsiders.ts';
import { NAMESPACE } from '../../stories/world/places.ts';
import { begin, type Story } from '../../stories/world/story.ts';
import { PODS } from '../../stories/world/world.ts';
import type { CallOptions } from './call-plugin.ts';
import { type ToldStory, tellStory } from './told-story.ts';

let told: ToldStory;
afterEach(() => told.close());

const call = (words: string | readonly string[], options?: CallOptions) => told.callOverTime(words, options);

/** People are asked for the first key. */
async function desk(probe: object | null = { url: LIVE_URL, path: '/v1/api-keys/self' }): Promise<Newcomer> {
  const newcomer = arrive();
  const support = { environments: [{ name: 'Live', ...(probe && { probe }) }], expectedWithin: '1h' };
  newcomer.make({ kind: 'ApiKeyIssuer', metadata: { name: 'desk' }, spec: { type: 'Support', support } });
  newcomer.create({
    issuerRef: { name: 'desk' },
    key: { environment: 'Live', organization: 'acme', permissions: ['payments:read'] },
  });
  await newcomer.story.told('KeyRequested');
  told = await tellStory(newcomer.story);
  return newcomer;
}

const secretIsThere = ({ world }: Newcomer) =>
  world.kube.exists({ resource: 'secrets', namespace: NAMESPACE, name: 'apio-delivered-key' });

const deleteDelivery = ({ world }: Newcomer) =>
  void world.kube.delete({ resource: 'secrets', namespace: NAMESPACE, name: 'apio-delivered-key' });

describe('deliver', () => {
  test('gives a key through standard input; it is taken, published and shown nowhere', async () => {
    const newcomer = await desk();
    const { id, text } = issueByHand(newcomer.world);
    const { code, out, err } = await call(`deliver apio --key-id ${id}`, { input: `${text}\n` });
    expect([code, out]).toEqual([0, expect.stringContaining(`key ${id} is taken, and published to every target\n`)]);
    expect(newcomer.story.serves()).toBe(id);
    expect(secretIsThere(newcomer)).toBe(false);
    expect(out + err).not.toContain(text);
  });

  test('of a key that does not work tells what the operator says of it, and no second one goes beside it', async () => {
    const newcomer = await desk();
    const input = 'sk_live_0123456789abcdefghij';
    const { code, out, err } = await call('deliver apio --key-id key_b2', { input });
    expect([code, err]).toEqual([3, expect.stringContaining('Secret apio-delivered-key is not taken: ')]);
    const again = await call('deliver apio --key-id key_b3', { input });
    expect(again).toMatchObject({
      code: 3,
      err: expect.stringContaining('kubectl -n payments delete secret apio-delivered-key'),
    });
    expect(out + err + again.err).not.toContain(input);
    expect(newcomer.story.serves()).toBe(undefined);
  });

  test('of the right key after a wrong one does not repeat what was said of the wrong one', async () => {
    const newcomer = await desk();
    await call('deliver apio --key-id key_b2', { input: 'sk_live_0123456789abcdefghij' });
    deleteDelivery(newcomer);
    const { id, text } = issueByHand(newcomer.world);
    expect(await call(`deliver apio --key-id ${id}`, { input: text })).toMatchObject({ code: 0, err: '' });
    expect(newcomer.story.serves()).toBe(id);
  });

  test('under the id of the key that is there writes nothing: that one is no answer', async () => {
    const newcomer = await desk();
    const first = issueByHand(newcomer.world);
    await call(`deliver apio --key-id ${first.id}`, { input: first.text });
    newcomer.story.consume(...PODS);
    await newcomer.story.done(1);
    newcomer.story.annotate({ rotate: 'a' });
    await newcomer.story.told('KeyRequested');
    expect(await call(`deliver apio --key-id ${first.id}`, { input: first.text })).toMatchObject({
      code: 3,
      err: expect.stringContaining(`${first.id} is the key that apio has; a new one has another id`),
    });
    expect(secretIsThere(newcomer)).toBe(false);
  });

  test.each([
    ['without an id', '', 'sk_live_0123456789abcdefghij', '--key-id ID is missing'],
    ['without a key', ' --key-id key_b2', '', 'no key came through standard input'],
    ['a short key', ' --key-id key_b2', 'sk_live_0123', 'fewer than 20 characters'],
    ['two lines', ' --key-id key_b2', 'sk_live_0123456789\nabcdefghijklm', 'spaces, line breaks'],
    ['id and key swapped', ' --key-id sk_live_0123456789abcdefghij', 'key_b2', 'id and key are swapped'],
    [
      'the key in the id',
      ' --key-id key_sk_live_0123456789abcdefghij',
      'sk_live_0123456789abcdefghij',
      'swapped, or the id has the text',
    ],
  ])('%s writes nothing', async (_name, flags, input, text) => {
    const newcomer = await desk();
    const { code, out, err } = await call(`deliver apio${flags}`, { input });
    expect([code, err]).toEqual([2, expect.stringContaining(text)]);
    expect(secretIsThere(newcomer)).toBe(false);
    expect(input && (out + err).includes(input)).toBeFalsy();
  });

  test('where nobody has asked for a key is refused before the key is read', async () => {
    const story = begin();
    await story.firstKey();
    told = await tellStory(story);
    expect(await call('deliver apio --key-id key_b2')).toMatchObject({
      code: 3,
      err: expect.stringContaining('nobody has asked for a key of apio'),
    });
  });
});

describe('confirm-revoked', () => {
  /** The second key is in use, and people are asked to revoke the first one. */
  async function revocationAsked(probe?: object | null) {
    const newcomer = await desk(probe);
    const { story } = newcomer;
    const first = issueByHand(newcomer.world);
    await call(`deliver apio --key-id ${first.id}`, { input: first.text });
    story.consume(...PODS);
    await story.done(1);
    story.annotate({ rotate: 'a' });
    await story.told('KeyRequested');
    return { newcomer, story, first };
  }

  async function givenAgain(probe?: object | null) {
    const asked = await revocationAsked(probe);
    const second = issueByHand(asked.newcomer.world);
    await call(`deliver apio --key-id ${second.id}`, { input: second.text });
    await asked.story.told('RevocationRequested');
    return asked;
  }

  test('is believed where no probe tells', async () => {
    const { story, first } = await givenAgain(null);
    expect((await told.call('status apio')).out).toContain(
      `kubectl apikey confirm-revoked apio -n payments ${first.id}`,
    );
    expect(await call(`confirm-revoked apio ${first.id}`)).toMatchObject({ code: 0 });
    await story.done(2);
  });

  test('of the key of a rotation that is deleted lets it go, which is the answer', async () => {
    const newcomer = await desk(null);
    const { id, text } = issueByHand(newcomer.world);
    await call(`deliver apio --key-id ${id}`, { input: text });
    newcomer.story.consume(...PODS);
    await newcomer.story.done(1);
    newcomer.change({ deletionPolicy: 'Revoke' });
    deleteRotation(newcomer.story);
    await newcomer.story.told('RevocationRequested');
    expect(await call(`confirm-revoked apio ${id}`)).toMatchObject({
      code: 0,
      out: expect.stringContaining(`key ${id} is taken for dead`),
    });
    await newcomer.story.gone();
  });

  test('is refused while the probe accepts the key', async () => {
    const { first } = await givenAgain();
    const { code, err } = await call(`confirm-revoked apio ${first.id}`);
    expect([code, err]).toEqual([3, expect.stringContaining('but the probe still accepts it')]);
  });

  test('once more, when the key is dead, is believed: what was said before is of the first time', async () => {
    const { newcomer, first, story } = await givenAgain();
    await call(`confirm-revoked apio ${first.id}`);
    newcomer.world.apio.revokeOutside(first.id);
    expect(await call(`confirm-revoked apio ${first.id}`)).toMatchObject({ code: 0 });
    await story.done(2);
  });

  test('of a key whose revocation nobody has asked for is not passed on: consumers may use it', async () => {
    const { story, first } = await revocationAsked();
    const { code, err } = await call(`confirm-revoked apio ${first.id}`);
    expect([code, err]).toEqual([3, expect.stringContaining(`nobody has asked for the revocation of key ${first.id}`)]);
    expect(story.world.rotation()?.metadata.annotations).not.toHaveProperty('apikeyrotation.io/revocation-confirmed');
  });
});

describe('approve', () => {
  async function waiting(withPolicy = true): Promise<Story> {
    const story = begin({ spec: { consumers: [{ name: 'board', evidence: [{ type: 'Approval' }] }] } });
    if (withPolicy) applyPolicy(story);
    await story.firstKey();
    await story.pass(3_600_000);
    story.annotate({ rotate: 'a' });
    await story.published(2);
    await story.pass(60_000);
    told = await tellStory(story);
    return story;
  }

  test('speaks for the consumer that waits, in the name of who calls', async () => {
    const story = await waiting();
    const { code, out } = await call('approve apio --revision 2');
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^\S+ approves for board: revision 2, key fingerprint [0-9a-f]{16}\nboard has moved\n$/),
    ]);
    await story.done(2);
  });

  test.each([
    ['another revision', 'approve apio --revision 1', 3, 'revision 2 is running, not 1'],
    [
      'whatever is running',
      'approve apio',
      2,
      'if you mean that one: kubectl apikey approve apio -n payments --consumer board --revision 2',
    ],
    [
      'a consumer that asks for none',
      'approve apio --revision 2 --consumer api',
      2,
      'consumer api asks for no approval; those that do: board',
    ],
  ])('%s is not approved', async (_name, words, code, text) => {
    await waiting();
    expect(await call(words)).toMatchObject({ code, err: expect.stringContaining(text) });
  });

  test('of a revision that is being rolled back is refused by that name', async () => {
    const story = await waiting();
    story.annotate({ rollback: '2/a' });
    await story.until(({ rotation }) => rotation?.publishedAt !== undefined && rotation.rollbackOf === 2);
    expect(await call('approve apio --revision 2')).toMatchObject({
      code: 3,
      err: expect.stringContaining('revision 3 is running, which rolls revision 2 back, not 2'),
    });
  });

  test('is told by status, ready to be typed', async () => {
    await waiting();
    expect((await told.call('status apio')).out).toContain(
      'Who may approve for board does so by: kubectl apikey approve apio -n payments --consumer board --revision 2\n',
    );
  });

  test('counts for nothing without the policy, which is told', async () => {
    await waiting(false);
    expect(await call('approve apio --revision 2')).toMatchObject({
      code: 3,
      err: expect.stringContaining('approvals count only while'),
    });
  });

  test('finds nothing to approve while no key is published', async () => {
    const story = begin({ spec: { consumers: [{ name: 'board', evidence: [{ type: 'Approval' }] }] } });
    await story.firstKey();
    told = await tellStory(story);
    expect(await call('approve apio --revision 2')).toMatchObject({
      code: 3,
      err: expect.stringContaining('nothing to approve'),
    });
  });
});
