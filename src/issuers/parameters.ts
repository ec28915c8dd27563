import type { ApiKeyIssuer } from '../api/types.ts';
import { CallError } from '../http/call-error.ts';

type Declared = NonNullable<NonNullable<ApiKeyIssuer['spec']['http']>['parameters']>;

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

/**
 * What a rotation says for the parameters that an issuer declares, as names in requests. Throws CallError InvalidParameters naming the
 * field of the rotation; the value is not shown, it may be anything.
 */
export function readParameters(
  declared: Declared,
  given: Readonly<Record<string, string>>,
  object: string,
): Readonly<Record<string, string>> {
  const unknown = Object.keys(given).find((name) => !declared.some((each) => each.name === name));
  if (unknown !== undefined) {
    const known = declared.map(({ name }) => name).join(', ') || 'none';
    throw invalid(unknown, `is no parameter of ${object}, which has ${known}; leave it away`);
  }
  const entries = declared.map(({ name, pattern, description }) => {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    const what = description === undefined ? '' : ` (${description})`;
    if (value === undefined) throw invalid(name, `is missing${what}; ${object} needs it`);
    if (!matches(pattern, value))
      throw invalid(name, `does not match ${pattern}${what}, as ${object} wants it; correct it`);
    return [`parameters.${name}`, value] as const;
  });
  return Object.fromEntries(entries);
}

function matches(pattern: string, value: string): boolean {
  return value.length <= MAX_LENGTH && new RegExp(`^(?:${pattern})$`, 'u').test(value);
}

function invalid(name: string, why: string): CallError {
  return new CallError('refused', 'InvalidParameters', `spec.key.parameters.${name} ${why}`);
}
