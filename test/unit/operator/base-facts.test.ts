import { expect, test } from 'vitest';
import { canRecover } from '../../../src/operator/rotation/gather/base-facts.ts';

test.each([
  [{ replay: 'ID', list: true }, true],
  [{ replay: 'ID', list: false }, true],
  [{ replay: 'Full', list: false }, true],
  [{ replay: 'None', list: true }, true],
  [{ replay: 'None', list: false }, false],
] as const)('an issuer with %o can recover: %s', (capabilities, expected) => {
  expect(canRecover(capabilities)).toBe(expected);
});
