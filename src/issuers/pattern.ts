const ATOM = String.raw`(?:\[(?:[^\]\\[]|\\[\w\-.\]\\^])+\]|\\[dws.+*?/\-]|[\w .,:;@%&=~/!<>#"'-])`;
const REPEAT = String.raw`(?:[*+?]|\{\d{1,3}(?:,\d{0,3})?\})`;
const SUPPORTED = new RegExp(`^(?:${ATOM}${REPEAT}?)+$`);
const REPEATS = /(?<!\\)[*+?]|\{\d+(,\d*)?\}/g;
const MAX_REPEATS = 3;
const MAX_LENGTH = 128;

/**
 * Whether a pattern is one of those that we match with. Whoever writes an issuer writes it, so that it must not be able to keep this
 * process busy: without groups, and with few repeats, every match ends soon.
 */
export function isSupportedPattern(pattern: string): boolean {
  const classless = pattern.replace(/\[[^\]]*\]/g, 'x');
  if (!SUPPORTED.test(pattern) || (classless.match(REPEATS) ?? []).length > MAX_REPEATS) return false;
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}

/** Whether the whole of a value matches a supported pattern; one that is longer than any that we handle does not. */
export function matchesPattern(pattern: string, value: string): boolean {
  return value.length <= MAX_LENGTH && new RegExp(`^(?:${pattern})$`, 'u').test(value);
}
