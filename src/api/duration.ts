const DURATION = /^(?:[0-9]{1,5}(?:h|ms|m|s)){1,4}$/;
const PART = /([0-9]{1,5})(h|ms|m|s)/g;
const MS_PER_UNIT: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };
const UNITS_BY_SIZE = ['h', 'm', 's', 'ms'] as const;

/** The longest duration that one number per unit can write: 99999h59m59s999ms. */
const LONGEST_MS = 100_000 * 3_600_000 - 1;

/**
 * Milliseconds of a duration as GEP-2257 writes it: one to four numbers of at most five digits, each with a unit of
 * h, m, s, ms, in any order; their sum. Undefined where the text is anything else.
 */
export function parseDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  let total = 0;
  for (const [, digits, unit] of text.matchAll(PART)) total += Number(digits) * (MS_PER_UNIT[unit ?? ''] ?? 0);
  return total;
}

/**
 * The shortest GEP-2257 text of a duration in milliseconds, units from large to small: 5400000 is `1h30m`, 0 is `0s`.
 * Throws RangeError for what GEP-2257 cannot write: fractions of a millisecond, negative and overlong durations.
 */
export function formatDuration(ms: number): string {
  if (!Number.isInteger(ms) || ms < 0 || ms > LONGEST_MS) {
    throw new RangeError(`${ms} ms cannot be written as a duration: whole milliseconds from 0 to ${LONGEST_MS} can`);
  }
  let rest = ms;
  let text = '';
  for (const unit of UNITS_BY_SIZE) {
    const size = MS_PER_UNIT[unit] ?? 1;
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text || '0s';
}
