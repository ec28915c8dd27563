import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Json } from '../../../sandbox/kube/engine/json.ts';
import { startControlPlane } from '../components/control-plane.ts';
import { builtInSchemas } from './built-in-schemas.ts';

const file = join(import.meta.dirname, '../../../sandbox/kube/engine/kinds/built-in-schemas.gen.json');

test('the sandbox knows the built-in kinds as the real API server publishes them', async () => {
  const plane = await startControlPlane();
  try {
    const read = async (path: string) => (await plane.request('GET', path)).body as Json;
    await expect(await builtInSchemas(read)).toMatchFileSnapshot(file);
  } finally {
    await plane.stop();
  }
});
