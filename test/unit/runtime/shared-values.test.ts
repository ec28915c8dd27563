import { expect, test } from 'vitest';
import { shareStrings } from '../../../src/runtime/kube/shared-strings.ts';

const text = JSON.stringify({
  metadata: { name: 'a', finalizers: ['apikeyrotation.io/keys'], deletionGracePeriodSeconds: null },
  status: { revision: 2, ready: true, message: 'x'.repeat(1_000), conditions: [{ reason: 'KeyPublished' }, {}] },
});

test('objects say the same as before', () => {
  const objects = [JSON.parse(text), JSON.parse(text)];
  shareStrings(objects);
  expect(objects).toEqual([JSON.parse(text), JSON.parse(text)]);
});
