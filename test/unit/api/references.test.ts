import { expect, test } from 'vitest';
import { referenceKey } from '../../../src/api/references.ts';

test.each([
  [{ name: 'apio' }, 'payments/apio'],
  [{ kind: 'ApiKeyIssuer', name: 'apio' }, 'payments/apio'],
  [{ kind: 'ClusterApiKeyIssuer', name: 'apio' }, 'apio'],
  [{ kind: 'ClusterKeyStore', name: 'shared' }, 'shared'],
  // No object has such a name; the key of one in another namespace would be the same text.
  [{ kind: 'ClusterApiKeyIssuer', name: 'victim/apio' }, ''],
  [{ kind: 'ClusterKeyStore', name: 'victim/vault' }, ''],
  [{ name: '../victim/apio' }, 'payments/../victim/apio'],
])('%j of a rotation in payments is looked up as %j', (reference, key) => {
  expect(referenceKey('payments', reference)).toBe(key);
});
