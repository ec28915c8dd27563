import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CallError } from '../../../src/http/call-error.ts';
import { fingerprint } from '../../../src/key/fingerprint.ts';
import type { Marker } from '../../../src/key/marker.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import type { Base, FormerKey, KeyStore, StoredValue } from '../../../src/stores/port.ts';

/** A store before which the back end really stands, and what outsiders do to that back end. */
export interface StoreWorld {
  readonly store: KeyStore;
  /** Writes as someone else does, over whatever stands there. */
  readonly plant: (path: string, fields: Record<string, string>, markerText?: string) => Promise<void>;
  /** Lets the next write be carried out and its answer be lost. */
  readonly loseNextWriteAnswer: () => void;
  /** Takes away the right to write. */
  readonly denyWrites: () => Promise<void>;
  /** How often the path was written, by whomever. */
  readonly writes: (path: string) => Promise<number>;
  readonly close: () => Promise<void>;
}

/** Key texts of the suite; none may be seen in an error. */
export const KEYS = ['sk_live_0123456789abcdef', 'sk_live_fedcba9876543210', 'sk_live_aaaabbbbccccdddd'] as const;

/** The path that the suite uses, one that every store takes. */
export const PATH = 'payments-apio';

const ABSENT: Base = { type: 'Absent' };

/** The marker of attempt `revision`.1 of the suite's object. */
export function markerAt(revision: number): Marker {
  return { installation: 'cluster-1', uid: 'uid-1', revision, attempt: 1, keyID: `k_${revision}` };
}

/** The suite's n-th publish: the n-th key under the n-th revision's marker. */
export function publication(revision: number, base: Base, path: string = PATH) {
  const key = new SecretValue(KEYS[revision - 1] ?? KEYS[0]);
  return { path, fields: { key, keyID: new SecretValue(`k_${revision}`) }, marker: markerAt(revision), base };
}

/** The suite's n-th key as status recorded it when it was published in `version`. */
export function formerKey(revision: number, version?: string): FormerKey {
  const key = new SecretValue(KEYS[revision - 1] ?? KEYS[0]);
  return { fingerprint: fingerprint(key), keyField: 'key', ...(version === undefined ? {} : { version }) };
}

/** The n-th publish, which retires the one before it. */
export function retiring(revision: number, base: Base) {
  const key = new SecretValue(KEYS[revision - 2] ?? KEYS[0]);
  return { ...publication(revision, base), replaces: { keyID: `k_${revision - 1}`, key } };
}

/** The fields in plaintext, for comparison. */
export function plain(value: StoredValue | undefined): Record<string, string> | undefined {
  return value && Object.fromEntries(Object.entries(value.fields).map(([name, field]) => [name, field.reveal()]));
}

/** The error that a call ends with; checks that no key text shows in it. */
export async function errorOf(call: Promise<unknown>): Promise<CallError> {
  const error = await call.then(
    () => expect.fail('the call succeeded'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof CallError)) throw error;
  const shown = `${error.message} ${error.stack} ${JSON.stringify(error)} ${error.cause}`;
  for (const key of KEYS) expect(shown).not.toContain(key);
  return error;
}

/** What every store promises (src/stores/port.ts). */
export function describeStoreContract(name: string, setUp: () => Promise<StoreWorld>): void {
  describe(`${name} as a store`, () => {
    let world: StoreWorld;
    const versionNow = async (): Promise<Base> => {
      const value = await world.store.read(PATH);
      return value ? { type: 'Version', version: value.version } : ABSENT;
    };
    beforeEach(async () => {
      world = await setUp();
    });
    afterEach(() => world.close());

    it('passes its own check', async () => {
      await expect(world.store.check()).resolves.toBeUndefined();
    });

    it('reads nothing where nothing stands', async () => {
      expect(await world.store.read(PATH)).toBeUndefined();
    });

    it('creates, and gives back fields, marker and the version that the publish named', async () => {
      const published = await world.store.publish(publication(1, ABSENT));
      const value = await world.store.read(PATH);
      expect(plain(value)).toEqual({ key: KEYS[0], keyID: 'k_1' });
      expect(value?.marker).toEqual(markerAt(1));
      expect(value?.version).toBe(published.version);
      expect(value?.createdTime).toBe(published.createdTime);
    });

    it('replaces the version that was read, and drops fields that are not in the new value', async () => {
      await world.plant(PATH, { key: 'of somebody else', note: 'keep out' });
      await world.store.publish(publication(2, await versionNow()));
      const value = await world.store.read(PATH);
      expect(plain(value)).toEqual({ key: KEYS[1], keyID: 'k_2' });
      expect(value?.marker).toEqual(markerAt(2));
    });

    it('gives every version another name', async () => {
      const first = await world.store.publish(publication(1, ABSENT));
      const second = await world.store.publish(publication(2, { type: 'Version', version: first.version }));
      expect(second.version).not.toBe(first.version);
    });

    it.each<[string, (stale: Base) => Base]>([
      ['nothing was expected and something stands there', () => ABSENT],
      ['another version stands there than was read', (stale) => stale],
    ])('answers conflict and writes nothing when %s', async (_, baseOf) => {
      await world.store.publish(publication(1, ABSENT));
      const stale = await versionNow();
      await world.store.publish(publication(2, stale));
      const error = await errorOf(world.store.publish(publication(3, baseOf(stale))));
      expect(error.outcome).toBe('conflict');
      expect(plain(await world.store.read(PATH))?.key).toBe(KEYS[1]);
      expect(await world.writes(PATH)).toBe(2);
    });

    it('answers conflict when a version was expected and nothing stands there', async () => {
      const error = await errorOf(world.store.publish(publication(1, { type: 'Version', version: '7' })));
      expect(error.outcome).toBe('conflict');
      expect(await world.store.read(PATH)).toBeUndefined();
    });

    it('says unknown when the answer to a write is lost, and shows its marker to whoever looks', async () => {
      world.loseNextWriteAnswer();
      const error = await errorOf(world.store.publish(publication(1, ABSENT)));
      expect(error.outcome).toBe('unknown');
      expect((await world.store.read(PATH))?.marker).toEqual(markerAt(1));
      expect(await world.writes(PATH)).toBe(1);
    });

    it.each(['nothing', 'a value'])('lets exactly one of two writers win who read %s', async (stands) => {
      if (stands === 'a value') await world.plant(PATH, { key: 'old' });
      const [before, base] = [await world.writes(PATH), await versionNow()];
      const calls = [1, 2].map((revision) => world.store.publish(publication(revision, base)));
      const results = await Promise.allSettled(calls);
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(await world.writes(PATH)).toBe(before + 1);
    });

    it('shows a value of somebody else without a marker', async () => {
      await world.plant(PATH, { password: 'hunter2' });
      const value = await world.store.read(PATH);
      expect(plain(value)).toEqual({ password: 'hunter2' });
      expect(value?.marker).toBeUndefined();
    });

    it.each(['', '{', 'null', '{"installation":"cluster-1","uid":"uid-1","revision":"9","attempt":1,"keyID":"k"}'])(
      'takes a planted marker that cannot be read (%s) for none',
      async (text) => {
        await world.plant(PATH, { key: 'planted' }, text);
        const value = await world.store.read(PATH);
        expect(plain(value)).toEqual({ key: 'planted' });
        expect(value?.marker).toBeUndefined();
      },
    );

    it('keeps a marker alone: a fence over a path that held nothing', async () => {
      await world.store.publish({ ...publication(1, ABSENT), fields: {} });
      const value = await world.store.read(PATH);
      expect(plain(value)).toEqual({});
      expect(value?.marker).toEqual(markerAt(1));
    });

    it('returns the same bytes for any text', async () => {
      const text = 'åäö 🔑\n"quoted" \\ \u0000 $(id) {{x}}';
      const fields = { key: new SecretValue(text) };
      await world.store.publish({ ...publication(1, ABSENT), fields });
      const read = (await world.store.read(PATH))?.fields.key;
      expect(read && fingerprint(read)).toBe(fingerprint(fields.key));
    });

    describe('the key that a publish replaced', () => {
      const publishTwice = async () => {
        const first = await world.store.publish(publication(1, ABSENT));
        const second = await world.store.publish(retiring(2, { type: 'Version', version: first.version }));
        return { first: formerKey(1, first.version), second: formerKey(2, second.version) };
      };
      const textOf = async (former: FormerKey) => (await world.store.readReplaced(PATH, former))?.reveal();

      it('is found by what was recorded of it', async () => {
        expect(await textOf((await publishTwice()).first)).toBe(KEYS[0]);
      });

      it('is found where an outsider put it, without a marker', async () => {
        await world.plant(PATH, { key: KEYS[0] });
        const base = await versionNow();
        await world.store.publish(retiring(2, base));
        expect(await textOf(formerKey(1, base.type === 'Version' ? base.version : ''))).toBe(KEYS[0]);
      });

      it('is found after a key that was served for a moment in between', async () => {
        const { first } = await publishTwice();
        await world.store.publish({ ...publication(3, await versionNow()), marker: { ...markerAt(2), attempt: 2 } });
        expect(await textOf(first)).toBe(KEYS[0]);
        expect(plain(await world.store.read(PATH))?.key).toBe(KEYS[2]);
      });

      it('is found when the answer to the write that replaced it was lost', async () => {
        const { version } = await world.store.publish(publication(1, ABSENT));
        world.loseNextWriteAnswer();
        await errorOf(world.store.publish(retiring(2, { type: 'Version', version })));
        const base = await versionNow();
        if (plain(await world.store.read(PATH))?.key === KEYS[0]) await world.store.publish(retiring(2, base));
        expect(await textOf(formerKey(1, version))).toBe(KEYS[0]);
        expect(plain(await world.store.read(PATH))?.key).toBe(KEYS[1]);
      });

      it('stays when a writer that comes too late would put another one in its place', async () => {
        const { version } = await world.store.publish(publication(1, ABSENT));
        const late = retiring(2, { type: 'Version', version });
        await world.store.publish({ ...retiring(2, { type: 'Version', version }), marker: markerAt(3) });
        const error = await errorOf(
          world.store.publish({ ...late, replaces: { keyID: 'k_9', key: new SecretValue(KEYS[2]) } }),
        );
        expect(error.outcome).toBe('conflict');
        expect(await textOf(formerKey(1, version))).toBe(KEYS[0]);
        expect(await textOf(formerKey(3, version))).toBeUndefined();
      });

      it('stays beside the one that it replaces when it is rolled back to', async () => {
        const { first, second } = await publishTwice();
        const back = { ...publication(1, await versionNow()), marker: markerAt(3) };
        await world.store.publish({ ...back, replaces: { keyID: 'k_2', key: new SecretValue(KEYS[1]) } });
        expect(await textOf(second)).toBe(KEYS[1]);
        expect(await textOf(first)).toBe(KEYS[0]);
      });

      it('is no other key than the one asked for', async () => {
        const { first } = await publishTwice();
        expect(await textOf({ ...first, fingerprint: formerKey(3).fingerprint })).toBeUndefined();
      });

      it('is nothing where nothing was replaced', async () => {
        expect(await textOf(formerKey(1, '1'))).toBeUndefined();
        await world.store.forgetReplaced(PATH, markerAt(1));
        expect(await world.store.read(PATH)).toBeUndefined();
      });

      it('leaves what is served as it is when it is forgotten', async () => {
        await publishTwice();
        const before = await world.store.read(PATH);
        await world.store.forgetReplaced(PATH, markerAt(2));
        expect(await world.store.read(PATH)).toEqual(before);
      });
    });

    it('says denied when its credential may not write, and writes nothing', async () => {
      await world.denyWrites();
      const error = await errorOf(world.store.publish(publication(1, ABSENT)));
      expect(error.outcome).toBe('denied');
      expect(await world.writes(PATH)).toBe(0);
    });

    it.each(['', '..', 'a/../b', 'a//b', '/a', 'a/', 'päth', 'a\nb', 'a/\u2024\u2024/b', 'a/\uff0e\uff0e/b'])(
      'refuses the path %j',
      async (path) => {
        expect((await errorOf(world.store.read(path))).reason).toBe('InvalidPath');
        expect((await errorOf(world.store.publish(publication(1, ABSENT, path)))).outcome).toBe('refused');
      },
    );
  });
}
