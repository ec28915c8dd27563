import { expect, test } from 'vitest';
import { fingerprint } from '../../../src/key/fingerprint.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { findReplaced } from '../../../src/stores/vault/vault-replaced.ts';

const OLD = 'sk_live_0123456789abcdef_old';
const NEW = 'sk_live_0123456789abcdef_new';
const former = { fingerprint: fingerprint(new SecretValue(OLD)), keyField: 'key' };

/** A path of which Vault still has these versions. */
function pathWith(held: Readonly<Record<number, string>>) {
  const looks: string[] = [];
  const stored = (version: string) => {
    looks.push(version);
    const key = held[Number(version)];
    return key === undefined ? undefined : { version, fields: { key: new SecretValue(key) } };
  };
  const newest = String(Math.max(...Object.keys(held).map(Number)));
  return { looks, versions: { current: async () => stored(newest), at: async (version: string) => stored(version) } };
}

test.each<[string, Readonly<Record<number, string>>, string | undefined, string | undefined, string[]]>([
  ['the recorded version, with one look', { 4: OLD, 5: NEW }, '4', OLD, ['4']],
  ['the version of a fence, where the mount dropped the recorded one', { 6: OLD, 7: NEW }, '4', OLD, ['4', '7', '6']],
  ['a version below a key that was served for a moment', { 5: OLD, 6: NEW, 7: NEW }, undefined, OLD, ['7', '6', '5']],
  ['nothing, where the mount dropped them all', { 6: NEW, 7: NEW }, '4', undefined, ['4', '7', '6', '5']],
  ['nothing, where the recorded version is no number', { 1: OLD, 2: NEW }, 'x', undefined, ['2']],
  ['nothing, after ten looks', { 500: NEW }, '1', undefined, ['1', '500', ...range(499, 490)]],
])('finds %s', async (_what, held, version, text, looked) => {
  const { versions, looks } = pathWith(held);
  const key = await findReplaced(versions, { ...former, ...(version === undefined ? {} : { version }) });
  expect(key?.reveal()).toBe(text);
  expect(looks).toEqual(looked);
});

function range(from: number, to: number): string[] {
  return Array.from({ length: from - to + 1 }, (_, index) => String(from - index));
}
