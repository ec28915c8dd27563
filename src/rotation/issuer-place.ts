import type { IssuerIdentity } from '../api/types.ts';
import { sameValue } from './same-value.ts';

/** Whether two keys were issued at one place: by an issuer of one name, at one origin, with the same parameters. */
export function isSameIssuer(a: IssuerIdentity, b: IssuerIdentity): boolean {
  return a.kind === b.kind && a.name === b.name && a.origin === b.origin && hasSameParameters(a, b);
}

/** Whether two keys were issued with the same parameters, or both without any. */
export function hasSameParameters(
  { parameters: a = {} }: Pick<IssuerIdentity, 'parameters'>,
  { parameters: b = {} }: Pick<IssuerIdentity, 'parameters'>,
): boolean {
  return sameValue(a, b);
}

/** The parameters for messages: `project=42 zone=7`. */
export function parameterText({ parameters = {} }: Pick<IssuerIdentity, 'parameters'>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(' ');
}
