import { createHmac, hash } from 'node:crypto';
import type { AwsRequest } from './answers.ts';

/** What a signed request claims. */
export interface Claim {
  readonly accessKeyID: string;
  /** `20261128/eu-north-1/secretsmanager/aws4_request`. */
  readonly scope: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8}\/([^/]+)\/([^/]+)\/aws4_request), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

/** The claim of a request; undefined where it is not signed in version 4 of the signature. */
export function readClaim({ headers }: AwsRequest): Claim | undefined {
  const [, accessKeyID, scope, region, service, signed, signature] =
    AUTHORIZATION.exec(headers.authorization ?? '') ?? [];
  if (!accessKeyID || !scope || !region || !service || !signed || !signature) return undefined;
  return { accessKeyID, scope, region, service, signedHeaders: signed.split(';'), signature };
}

/** Whether the request was signed with this secret access key, host, date and body included. */
export function isSignedWith(secretAccessKey: string, claim: Claim, request: AwsRequest): boolean {
  if (!claim.signedHeaders.includes('host')) return false;
  const date = request.headers['x-amz-date'] ?? '';
  const text = ['AWS4-HMAC-SHA256', date, claim.scope, hash('sha256', canonical(claim, request))].join('\n');
  const key = claim.scope
    .split('/')
    .reduce((parent: string | Buffer, part) => hmac(parent, part), `AWS4${secretAccessKey}`);
  return hmac(key, text).toString('hex') === claim.signature;
}

function canonical({ signedHeaders }: Claim, { method, path, headers, body }: AwsRequest): string {
  const [pathname = '/', query = ''] = path.split('?');
  const lines = signedHeaders.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}`);
  return [method, pathname, query, ...lines, '', signedHeaders.join(';'), hash('sha256', body)].join('\n');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
