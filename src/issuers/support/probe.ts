import { CallError } from '../../http/call-error.ts';
import { createHttpClient } from '../../http/client.ts';
import type { HttpTransport } from '../../http/transport.ts';
import { SecretValue } from '../../key/secret-value.ts';

/** Whether a key works. Throws CallError where nobody can tell now. */
export type Probe = (key: SecretValue) => Promise<boolean>;

export interface ProbeOptions {
  readonly transport: HttpTransport;
  readonly url: string;
  readonly path: string;
  /** For messages: `the probe of ApiKeyIssuer payments/apio (Live)`. */
  readonly peer: string;
}

/** Only 401 says that a key is dead. An API that answers otherwise than with JSON has answered all the same. */
export function createProbe({ transport, url, path, peer }: ProbeOptions): Probe {
  const client = createHttpClient({ transport, url, peer, showsCodes: false });
  return async (key) => {
    const operation = 'see whether a key works';
    try {
      const { status } = await client.request({ method: 'GET', path, operation, bearer: key, expect: [401] });
      return status !== 401;
    } catch (error) {
      if (isOtherThanJson(error)) return error.status !== 401;
      throw error;
    }
  };
}

/** A text that no issuer has given out: who answers it with anything but 401 tells nothing of keys. */
export const NO_KEY = new SecretValue('apikeyrotation-asks-whether-you-reject-what-is-no-key');

/** An answer that is expected by its code and not JSON. */
export function isOtherThanJson(error: unknown): error is CallError & { readonly status: number } {
  return error instanceof CallError && error.reason === 'UnusableAnswer' && error.status !== undefined;
}
