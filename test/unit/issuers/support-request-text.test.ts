import { describe, expect, test } from 'vitest';
import { keyRequestText } from '../../../src/issuers/support/request-text.ts';

const COMMAND =
  'kubectl -n payments create secret generic apio-delivered-key --from-literal=keyID=ID --from-file=key=/dev/stdin (request 2.1)';
const REQUESTER = { namespace: 'payments', name: 'apio', reason: 'PCI scope' };
const many = (count: number, length: number) =>
  Array.from({ length: count }, (_, n) => `scope-${String(n).padStart(2, '0')}:`.padEnd(length, 'x'));

function textFor(permissions: string[], requester: object = {}): string {
  const spec = { environment: 'Live', organization: 'acme', permissions };
  return keyRequestText(
    spec,
    { ...REQUESTER, ...requester },
    { label: 'inst/uid/2.1', secretName: 'apio-delivered-key' },
  );
}

describe('what people are asked for', () => {
  test('names all permissions where they can be shown', () => {
    const permissions = many(20, 12);
    const text = textFor(permissions);
    expect(text).toContain(`permissions ${permissions.join(', ')}. Reason: PCI scope.`);
    expect(text.endsWith(COMMAND)).toBe(true);
  });

  test('counts those that are too many, and says where all of them stand', () => {
    const text = textFor(many(64, 128));
    expect(text).toMatch(
      /permissions scope-00:x+, (scope-\d\d:x+, )*… \d\d more \(all: kubectl -n payments get akr apio -o jsonpath='{.spec.key.permissions}'\)\. /,
    );
    expect(text.endsWith(COMMAND)).toBe(true);
  });

  test.each([1, 30, 64])(
    'fits into an event, and has its command whole: %i long permissions of another key gone',
    (count) => {
      const permissions = many(count, 128).map((each) => `${each}y`.slice(1));
      const text = textFor(permissions, { replaces: { keyID: 'key_1', permissions: many(count, 128) } });
      expect(text.length).toBeLessThanOrEqual(1_000);
      expect(text.endsWith(COMMAND)).toBe(true);
    },
  );

  test('has its command whole also where every name is as long as it may be', () => {
    const [namespace, name, organization] = ['n'.repeat(63), 'r'.repeat(253), 'o'.repeat(128)];
    const spec = { environment: 'e'.repeat(63), organization, permissions: many(64, 128) };
    const replaces = { keyID: 'k'.repeat(128), permissions: [] };
    const requester = { namespace, name, replaces, reason: 'b'.repeat(256), isUrgent: true };
    const secretName = `${name}-delivered-key`;
    const text = keyRequestText(spec, requester, { label: 'inst/uid/2.1', secretName });
    expect(text.length).toBeLessThanOrEqual(2_048);
    expect(text).toContain(`create secret generic ${secretName} --from-literal=keyID=ID --from-file=key=/dev/stdin`);
  });
});
