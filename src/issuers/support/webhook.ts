import { createHttpClient } from '../../http/client.ts';
import type { HttpTransport } from '../../http/transport.ts';
import type { SecretValue } from '../../key/secret-value.ts';
import { isOtherThanJson } from './probe.ts';

/** What is sent for one request. Nothing in it is secret. */
export interface Message {
  readonly text: string;
  /** `namespace/name` of the ApiKeyRotation. */
  readonly rotation: string;
  /** The attempt's id, with `/revoke` after it for a revocation; equal for repeats. */
  readonly requestID: string;
  readonly secretName?: string;
}

/** Sends a message; throws CallError where it was not taken. */
export type Webhook = (message: Message) => Promise<void>;

export interface WebhookOptions {
  readonly transport: HttpTransport;
  readonly url: string;
  readonly path: string;
  readonly peer: string;
  readonly credential: (() => Promise<SecretValue>) | undefined;
}

/** Receivers answer `ok` or nothing: any 2xx will do. */
export function createWebhook({ transport, url, path, peer, credential }: WebhookOptions): Webhook {
  const client = createHttpClient({ transport, url, peer, showsCodes: false });
  return async (message) => {
    const operation = 'take a request';
    const bearer = credential && { bearer: await credential() };
    try {
      await client.request({ method: 'POST', path, operation, body: message, ...bearer });
    } catch (error) {
      if (!isOtherThanJson(error)) throw error;
    }
  };
}
