import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { createReviewedTokens } from '../../../src/server/reviewed-tokens.ts';

const NOW = Date.parse('2030-01-01T00:00:00Z');

/** Monotonic, and since `NOW` at the API server. */
let seconds: number;
let asked: number;
let answer: () => Promise<string>;
let reviewed: ReturnType<typeof createReviewedTokens<string>>;

beforeEach(() => {
  [seconds, asked] = [0, 0];
  answer = async () => `review ${asked}`;
  const clock = { monotonic: () => seconds * 1_000 };
  reviewed = createReviewedTokens<string>({ clock, serverNow: () => NOW + seconds * 1_000 });
});

function tokenWith(claims: object, signature = 'signed'): string {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`;
}

/** A token that ends so many seconds from now. */
const ending = (inSeconds: number, signature?: string) => tokenWith({ exp: NOW / 1_000 + inSeconds }, signature);

const find = (token: string) =>
  reviewed.find(token, () => {
    asked += 1;
    return answer();
  });

describe('a token that was confirmed', () => {
  test('is not reviewed again within a minute, and then is', async () => {
    const token = ending(3_600);
    expect(await find(token)).toBe('review 1');
    seconds = 59;
    expect(await find(token)).toBe('review 1');
    seconds = 60;
    expect(await find(token)).toBe('review 2');
  });

  test('is believed for a minute from the first question, however often it is asked about', async () => {
    for (seconds = 0; seconds < 120; seconds += 20) await find(ending(3_600));
    expect(asked).toBe(2);
  });

  test('is believed for a minute from when the review began, however long that took', async () => {
    answer = async () => {
      seconds = 30;
      return 'slow';
    };
    await find(ending(3_600));
    seconds = 60;
    await find(ending(3_600));
    expect(asked).toBe(2);
  });

  test('is believed once where nothing says what time it is at the API server', async () => {
    const serverNow = () => {
      throw new Error('no answer has shown its time yet');
    };
    reviewed = createReviewedTokens<string>({ clock: { monotonic: () => 0 }, serverNow });
    expect([await find(ending(3_600)), await find(ending(3_600))]).toEqual(['review 1', 'review 2']);
  });

  test('is not believed beyond its own end', async () => {
    const token = ending(20);
    await find(token);
    seconds = 19;
    await find(token);
    expect(asked).toBe(1);
    seconds = 20;
    await find(token);
    expect(asked).toBe(2);
  });

  test.each([
    ['does not say when it ends', tokenWith({})],
    ['says it in words', tokenWith({ exp: 'never' })],
    ['has ended by our clock', ending(-1)],
    ['cannot be read', 'aaaa.bbbb.cccc'],
  ])('is reviewed each time where it %s', async (_words, token) => {
    await find(token);
    await find(token);
    expect(asked).toBe(2);
  });

  test('says nothing of one with the same claims and another signature', async () => {
    await find(ending(3_600, 'signed'));
    await find(ending(3_600, 'forged'));
    expect(asked).toBe(2);
  });

  test('is reviewed once for all who ask while that runs', async () => {
    const token = ending(3_600);
    expect(await Promise.all([find(token), find(token)])).toEqual(['review 1', 'review 1']);
    expect(asked).toBe(1);
  });
});

describe('a token that was refused, or could not be reviewed', () => {
  test('is reviewed the next time', async () => {
    answer = async () => {
      throw new Error('refused');
    };
    await expect(find(ending(3_600))).rejects.toThrow('refused');
    await expect(find(ending(3_600))).rejects.toThrow('refused');
    answer = async () => 'good';
    expect(await find(ending(3_600))).toBe('good');
    expect(asked).toBe(3);
  });
});

describe('what is kept', () => {
  test('is ten thousand reviews at most, of which the oldest goes first', async () => {
    for (let count = 0; count < 10_000; count += 1) await find(ending(3_600, `pod-${count}`));
    await find(ending(3_600, 'pod-0'));
    expect(asked).toBe(10_000);
    await find(ending(3_600, 'one-more'));
    await find(ending(3_600, 'pod-1'));
    expect(asked).toBe(10_001);
    await find(ending(3_600, 'pod-0'));
    expect(asked).toBe(10_002);
  });

  test('goes when its time is over, at the next review of any token', async () => {
    const kept = vi.spyOn(Map.prototype, 'delete');
    await find(ending(3_600, 'pod-0'));
    seconds = 60;
    kept.mockClear();
    await find(ending(3_600, 'pod-1'));
    const keys = kept.mock.calls.map(([key]) => key);
    kept.mockRestore();
    expect(keys).toContain(createHash('sha256').update(ending(3_600, 'pod-0')).digest('base64'));
  });

  test('has nothing of the token in it', async () => {
    const set = vi.spyOn(Map.prototype, 'set');
    const token = ending(3_600);
    await find(token);
    const kept = inspect(set.mock.calls, { depth: 9 });
    set.mockRestore();
    for (const part of token.split('.').slice(1)) expect(kept).not.toContain(part);
    expect(kept).toContain(createHash('sha256').update(token).digest('base64'));
  });
});
