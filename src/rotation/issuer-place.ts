import type { IssuerIdentity } from '../api/types.ts';

/** Whether two keys were issued at one place: by an issuer of one name, at one origin, with the same parameters. */
export function isSameIssuer(a: IssuerIdentity, b: IssuerIdentity): boolean {
  return a.kind === b.kind && a.name === b.name && a.origin === b.origin && parameterText(a) === parameterText(b);
}

/** The parameters in one way of writing, fit for comparing and for messages: `project=42 zone=7`. */
export function parameterText({ parameters = {} }: Pick<IssuerIdentity, 'parameters'>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(' ');
}
