import { CallError } from '../../http/call-error.ts';
import type { HttpTransport } from '../../http/transport.ts';
import type { AwsCredentials } from './aws-credentials.ts';
import { createAwsRequestHandler } from './aws-http.ts';

/** What a client of the SDK is made with. */
export interface SdkOptions {
  readonly region: string;
  /** http(s)://host[:port]. */
  readonly endpoint: string;
  readonly transport: HttpTransport;
  readonly credentials: () => Promise<AwsCredentials>;
}

/** Every setting stands here that the SDK would otherwise look for in variables and files; trying again is the operator's business. */
export function sdkSettings({ region, endpoint, transport, credentials }: SdkOptions) {
  return {
    region,
    endpoint,
    requestHandler: { ...createAwsRequestHandler(transport) },
    maxAttempts: 1,
    retryMode: 'standard',
    defaultsMode: 'standard',
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    authSchemePreference: async () => ['sigv4'],
    userAgentAppId: async () => undefined,
    credentials: async () => toIdentity(await credentials(), endpoint),
  } as const;
}

/** Reveals the plaintext, for the SDK to sign with. Said to have expired, so that the SDK asks for each request anew. */
function toIdentity({ accessKeyID, secretAccessKey, sessionToken }: AwsCredentials, endpoint: string) {
  return {
    accessKeyId: wordOf(accessKeyID, endpoint),
    secretAccessKey: wordOf(secretAccessKey.reveal(), endpoint),
    ...(sessionToken ? { sessionToken: wordOf(sessionToken.reveal(), endpoint) } : {}),
    expiration: new Date(0),
  };
}

function wordOf(text: string, endpoint: string): string {
  if (/^[\x21-\x7e]+$/.test(text)) return text;
  const why =
    'a part of the credential is empty or holds spaces, line breaks or other characters that no credential has';
  throw new CallError('denied', 'InvalidCredential', `cannot call ${endpoint}: ${why}; check the Secret that holds it`);
}
