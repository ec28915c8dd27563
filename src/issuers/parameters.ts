import type { ApiKeyIssuer } from '../api/types.ts';
import { CallError } from '../http/call-error.ts';
import { matchesPattern } from './pattern.ts';

type Declared = NonNullable<NonNullable<ApiKeyIssuer['spec']['http']>['parameters']>;

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
    if (!matchesPattern(pattern, value))
      throw invalid(name, `does not match ${pattern}${what}, as ${object} wants it; correct it`);
    return [`parameters.${name}`, value] as const;
  });
  return Object.fromEntries(entries);
}

function invalid(name: string, why: string): CallError {
  return new CallError('refused', 'InvalidParameters', `spec.key.parameters.${name} ${why}`);
}
