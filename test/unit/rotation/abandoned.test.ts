import { expect, test } from 'vitest';
import type { AbandonedKey } from '../../../src/api/types.ts';
import { withAbandoned } from '../../../src/rotation/transitions/abandoned.ts';

const orphan = (attempt: number): AbandonedKey => ({
  revision: 2,
  attempt,
  keyID: `orphan-${attempt}`,
  reason: 'orphan',
});
const SERVED: AbandonedKey = { revision: 2, attempt: 1, keyID: 'k2', served: true, reason: 'replaced' };
const UNANSWERED: AbandonedKey = { revision: 2, attempt: 2, reason: 'the answer to its issue call was lost' };
const orphans = Array.from({ length: 63 }, (_, index) => orphan(index + 3));

test('an entry more than status holds pushes out the oldest orphan, never what stands nowhere else', () => {
  const kept = withAbandoned({ abandoned: [SERVED, UNANSWERED, ...orphans.slice(0, 62)] }, [orphan(99)]);
  expect(kept).toEqual([SERVED, UNANSWERED, ...orphans.slice(1, 62), orphan(99)]);
});

test('where every entry stands nowhere else there are no more than status holds, the newest ones', () => {
  const kept = withAbandoned({ abandoned: Array.from({ length: 64 }, () => UNANSWERED) }, [SERVED]);
  expect(kept).toHaveLength(64);
  expect(kept.at(-1)).toBe(SERVED);
});
