import { expect, test } from 'vitest';
import { storing, VAULT_URL } from './network.ts';
import { arrive } from './newcomer.ts';

const MINUTE_MS = 60_000;

test('all manifests are applied together: no key is issued before the store has been looked at', async () => {
  const { story, world, network, create } = arrive();
  const settings = Promise.withResolvers<void>();
  const right = storing(world.vault);
  network.serve(VAULT_URL, async (request) => {
    if (request.path.endsWith('/config')) await settings.promise;
    return right(request);
  });
  create();
  await story.pass(5 * MINUTE_MS);
  expect(story.issued()).toBe(0);
  expect(story.tells('Rotating')).toBe(
    'StoreNotReady: KeyStore vault is not ready: it has not been checked yet; see kubectl -n payments describe keystore vault',
  );
  settings.resolve();
  await story.done(1);
  expect(story.issued()).toBe(1);
  expect(story.wrong()).toEqual([]);
});
