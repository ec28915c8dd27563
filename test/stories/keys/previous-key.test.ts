import { describe, expect, test } from 'vitest';
import { type StoreType, TARGETS } from '../world/places.ts';
import { begin, type Story } from '../world/story.ts';

const FIELDS = { key: 'key', keyID: 'keyID', previous: 'previousKey' } as const;

/** A rotation whose target shows the key before beside the present one, and has its first key. */
async function set(type: StoreType, { operators = 1, ...more }: { operators?: number; fieldsPolicy?: 'Merge' } = {}) {
  const target = { ...TARGETS[type], fields: FIELDS, ...more };
  const story = begin({
    operators,
    stores: [type],
    spec: { withoutEvidence: { overlap: '10m' }, targets: [target] },
  });
  await story.firstKey();
  const { apio, places } = story.world;
  const idOf = (text: string | undefined) => apio.keys.find((key) => key.text === text)?.id ?? text;
  /** Ids of the keys that the fields hold, beside the text that is there where it is none. */
  const shown = () => {
    const { key, previous } = places.serving(target.path) ?? {};
    return [idOf(key), idOf(previous)];
  };
  const current = () => story.serves(target.path) ?? '';
  return { ...story, shown, current, path: target.path };
}

async function rotate(story: Story, token: string): Promise<void> {
  const { revision = 0 } = story.status();
  story.annotate({ rotate: token });
  await story.published(revision + 1);
}

describe.each(['Vault', 'KubernetesSecret'] as const)('a target in %s that shows the key before', (type) => {
  test('has none with the first one, then the old one from publishing on until the next rotation', async () => {
    const story = await set(type);
    const first = story.current();
    expect(story.shown()).toEqual([first, '']);

    await rotate(story, 'a');
    const second = story.current();
    expect(story.shown()).toEqual([second, first]);
    expect(story.live()).toEqual([first, second]);
    await story.done(2);
    expect(story.shown()).toEqual([second, first]);
    expect(story.live()).toEqual([second]);

    await rotate(story, 'b');
    expect(story.shown()).toEqual([story.current(), second]);
    await story.done(3);
    expect(story.wrong()).toEqual([]);
  });

  test.each(['DieAfter', 'LoseAnswer'] as const)(
    'still has it when the write of the new key ends with %s',
    async (fault) => {
      const write = type === 'Vault' ? 'store write' : 'kube PATCH secrets';
      const story = await set(type, { operators: 2 });
      const first = story.current();
      story.faults.push({ call: write, type: fault, times: 1 });
      await rotate(story, 'a');
      expect(story.faults[0]?.times).toBe(0);
      expect(story.shown()).toEqual([story.current(), first]);
      await story.done(2);
      expect(story.wrong()).toEqual([]);
    },
  );

  test('has the one that was rolled back, after a roll back', async () => {
    const story = await set(type);
    const first = story.current();
    await rotate(story, 'a');
    const second = story.current();
    story.annotate({ rollback: '2/x' });
    await story.done(3);
    expect(story.shown()).toEqual([first, second]);
    expect(story.live()).toEqual([first]);
    expect(story.wrong()).toEqual([]);
  });

  test('shows no key that has leaked', async () => {
    const story = await set(type);
    story.annotate({ emergency: `x/${story.current()}` });
    await story.done(2);
    expect(story.shown()).toEqual([story.current(), '']);
    expect(story.live()).toEqual([story.current()]);
    expect(story.wrong()).toEqual([]);
  });

  test('shows no key that leaked while its store was away', async () => {
    const story = await set(type);
    const first = story.current();
    const write = story.refuse(type === 'Vault' ? 'store write' : 'kube PATCH secrets');
    story.annotate({ rotate: 'a' });
    await story.until(({ revision }) => revision === 2);
    await story.pass(60_000);
    story.annotate({ emergency: `x/${first}` });
    await story.until(({ rotation }) => rotation?.leakedKeyID === first);
    write.times = 0;
    await story.done(2);
    expect(story.shown()).toEqual([story.current(), '']);
    expect(story.live()).toEqual([story.current()]);
    expect(story.wrong()).toEqual([]);
  });

  test('keeps the fields of others beside both, under Merge', async () => {
    const story = await set(type, { fieldsPolicy: 'Merge' });
    const first = story.current();
    plant(story, type, { note: 'of others' });
    await rotate(story, 'a');
    expect(story.shown()).toEqual([story.current(), first]);
    expect(story.world.places.serving(story.path)).toMatchObject({ note: 'of others' });
    await story.done(2);
    expect(story.live()).toEqual([story.current()]);
  });

  test('loses the field, and nothing else, when spec does not declare it any more', async () => {
    const story = await set(type);
    await rotate(story, 'a');
    await story.done(2);
    const { previous: _, ...fields } = FIELDS;
    story.change({ targets: [{ ...TARGETS[type], fields }] });
    await rotate(story, 'b');
    await story.done(3);
    expect(Object.keys(story.world.places.serving(story.path) ?? {})).not.toContain('previous');
    expect(story.live()).toEqual([story.current()]);
  });
});

/** Somebody else adds fields, as they may under Merge. */
function plant({ world: { vault, kube } }: Story, type: StoreType, fields: Record<string, string>): void {
  if (type === 'KubernetesSecret') {
    const secret = { resource: 'secrets', namespace: 'payments', name: TARGETS.KubernetesSecret.path };
    kube.patch(secret, { type: 'merge', body: { stringData: fields } });
    return;
  }
  const path = `secret/data/${TARGETS.Vault.path}`;
  const data = { ...vault.serving('secret', TARGETS.Vault.path), ...fields };
  vault.handle({ method: 'POST', path, token: vault.createToken(), body: { data } });
}
