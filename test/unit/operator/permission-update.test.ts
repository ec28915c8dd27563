import { expect, test } from 'vitest';
import { type CallError, NotBegunError } from '../../../src/http/call-error.ts';
import { createPermissionUpdate } from '../../../src/operator/rotation/act/permission-update.ts';
import { factsOf, idle, PLAN } from '../rotation/facts.ts';

const GRANTED = new Set(['read', 'write']);

/** The update of a key by an issuer that grants `GRANTED`; `asked` is what it was called for. */
function update(add: readonly string[]) {
  const asked: string[] = [];
  const rotation = {
    attemptID: 'inst/uid-1/2.1',
    attemptAt: '2030-01-01T12:00:00Z',
    claim: 'claim-1',
    trigger: 'KeyChanged',
    startedAt: '2030-01-01T12:00:00Z',
    plan: PLAN,
    inPlace: { keyID: 'k1', add: [...add], reason: 'refunds' },
  };
  const unasked = () => expect.fail('not asked for here');
  const updatePermissions = createPermissionUpdate({
    references: {
      issuer: () => ({ get: async () => ({ ...PLAN.key, keyID: 'k1', status: 'Active', permissions: add }) }) as never,
      assertGranted(_namespace, _issuer, { permissions }) {
        const refused = permissions.filter((each) => !GRANTED.has(each));
        if (refused.length > 0) throw new NotBegunError('refused', 'NotGranted', refused.join(' '));
      },
    },
    effectsFor: () =>
      ({
        updatePermissions: async (_issuer: unknown, _keyID: string, change: { add: readonly string[] }) => {
          asked.push(...change.add);
          return 'Updated';
        },
        issue: unasked,
      }) as never,
  });
  return { asked, done: updatePermissions(factsOf({ status: idle({ revision: 2, rotation }) })) };
}

test('what is granted is added', async () => {
  const { asked, done } = update(['write']);
  expect(await done).toMatchObject({ type: 'Told', permissions: ['write'] });
  expect(asked).toEqual(['write']);
});

test('a permission that status adds is asked of the grant as those of the plan are', async () => {
  const { asked, done } = update(['write', 'admin']);
  const error: CallError = await done.then(
    () => expect.fail('it was added'),
    (reason) => reason,
  );
  expect(error).toMatchObject({ reason: 'NotGranted', message: 'admin' });
  expect(asked).toEqual([]);
});
