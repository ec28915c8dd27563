import { describe, expect, it } from 'vitest';
import { rotationsOf } from '../../../demo/rotations.ts';

const second = (seconds: number) => Date.UTC(2026, 0, 1, 0, 0, seconds);
const at = (seconds: number) => new Date(second(seconds)).toISOString();
const key = (id: string, attempt: string, revokedAt?: number) => ({
  id,
  label: `installation/uid/${attempt}`,
  createdAt: second(0),
  revokedAt: revokedAt === undefined ? undefined : second(revokedAt),
});

describe('the rotations, put together from what was seen', () => {
  it('are one a revision, each retiring the key of the one before', () => {
    const rotations = rotationsOf({
      keys: [key('a', '1.1', 20), key('b', '2.1')],
      publications: [
        { keyID: 'a', at: second(1) },
        { keyID: 'b', at: second(11) },
      ],
      reports: [
        { pod: 'x-0', revision: 2, at: second(13) },
        { pod: 'x-1', revision: 2, at: second(12) },
      ],
    });
    const nothing = { revokedKeyID: null, lastReportAt: null, revokedAt: null };
    expect(rotations).toEqual([
      { trigger: 'FirstIssue', attempts: 1, issuedKeyID: 'a', publishedAt: at(1), ...nothing },
      {
        trigger: 'Requested',
        attempts: 1,
        issuedKeyID: 'b',
        revokedKeyID: 'a',
        publishedAt: at(11),
        lastReportAt: at(13),
        revokedAt: at(20),
      },
    ]);
  });

  it('count every key that was issued, and name the one that was published', () => {
    const [rotation] = rotationsOf({
      keys: [key('orphan', '1.1', 5), key('good', '1.3')],
      publications: [{ keyID: 'good', at: second(6) }],
      reports: [],
    });
    expect(rotation).toMatchObject({ attempts: 2, issuedKeyID: 'good', publishedAt: at(6) });
  });

  it('leave open what has not happened', () => {
    const rotations = rotationsOf({ keys: [key('a', '1.1'), key('b', '2.1')], publications: [], reports: [] });
    expect(rotations[1]).toMatchObject({ revokedKeyID: null, publishedAt: null, lastReportAt: null, revokedAt: null });
  });

  it('show keys that carry no label of ours under a name that no story has', () => {
    const [rotation] = rotationsOf({ keys: [{ ...key('a', '1.1'), label: 'stray' }], publications: [], reports: [] });
    expect(rotation?.trigger).toBe('unexpected revision 0');
  });
});
