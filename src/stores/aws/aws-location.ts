import { CallError } from '../../http/call-error.ts';

/** Where secrets are: one account in one region. */
export interface AwsLocation {
  /** `eu-north-1`. */
  readonly region: string;
  /** Twelve digits. */
  readonly accountID: string;
  /** Where Secrets Manager and STS are called. */
  readonly endpoints: { readonly secretsManager: string; readonly sts: string };
  /** `aws:<region>:<accountID>`: two stores with one address are one place. */
  readonly address: string;
}

/** What a store says of its place. */
export interface AwsPlace {
  readonly region: string;
  readonly accountID: string;
  /** For tests: takes the calls of both services instead of AWS. http(s)://host[:port]. */
  readonly endpoint?: string;
}

/** Domains by the beginning of a region, as AWS's SDKs list its partitions; all others, GovCloud too, are under the usual one. */
const DOMAINS: readonly (readonly [prefix: string, domain: string])[] = [
  ['cn-', 'amazonaws.com.cn'],
  ['eusc-', 'amazonaws.eu'],
  ['us-iso-', 'c2s.ic.gov'],
  ['us-isob-', 'sc2s.sgov.gov'],
  ['us-isof-', 'csp.hci.ic.gov'],
  ['eu-isoe-', 'cloud.adc-e.uk'],
];
const USUAL_DOMAIN = 'amazonaws.com';

/** A location; endpoints are made of the region alone, so that nobody's environment or file can lead a call elsewhere. */
export function awsLocation({ region, accountID, endpoint }: AwsPlace): AwsLocation {
  const [, domain = USUAL_DOMAIN] = DOMAINS.find(([prefix]) => region.startsWith(prefix)) ?? [];
  const at = (service: string) => endpoint ?? `https://${service}.${region}.${domain}`;
  const endpoints = { secretsManager: at('secretsmanager'), sts: at('sts') };
  return { region, accountID, endpoints, address: `aws:${region}:${accountID}` };
}

/** Throws CallError where a path cannot be the name of a secret. */
export function secretName(path: string): string {
  const segments = path.split('/');
  const isName = segments.every((segment) => /^[\w+=.@-]+$/.test(segment) && !/^\.{1,2}$/.test(segment));
  if (isName && path.length <= 512) return path;
  const rule = 'it must be segments of letters, digits and `_+=.@-` between slashes, none of them empty, `.` or `..`';
  const message = `the path of an AWSSecretsManager target will not do: ${rule}, at most 512 characters`;
  throw new CallError('refused', 'InvalidPath', message);
}

/** Throws CallError where an ARN that AWS answered with is of another account, region or name than was meant. */
export function assertOurs({ region, accountID }: AwsLocation, name: string, arn: string | undefined): void {
  const [, , , foundRegion, foundAccount, , foundName = ''] = (arn ?? '').split(':');
  // AWS adds a hyphen and six characters to the name.
  if (foundRegion === region && foundAccount === accountID && foundName.startsWith(`${name}-`)) return;
  const found = `it is in account ${digits(foundAccount)}, region ${word(foundRegion)}`;
  const remedy = 'correct accountID or region of the store, or give it a credential of that account';
  const meant = `account ${accountID}, region ${region}`;
  throw new CallError('refused', 'AWSWrongAccount', `secret ${name} is not the one of ${meant}: ${found}; ${remedy}`);
}

function digits(text: string | undefined): string {
  return text && /^\d{12}$/.test(text) ? text : 'unknown';
}

function word(text: string | undefined): string {
  return text && /^[a-z0-9-]{1,32}$/.test(text) ? text : 'unknown';
}
