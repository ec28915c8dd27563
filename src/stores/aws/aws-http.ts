import type { Dispatcher } from 'undici';
import type { WholeAnswer } from '../../http/exchange.ts';
import type { HttpTransport } from '../../http/transport.ts';

/** A request as the SDK hands it over, signed. */
interface AwsRequest {
  /** With the colon. */
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

interface AwsResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What the SDK sends its requests through. */
type AwsRequestHandler = {
  readonly metadata: { readonly handlerProtocol: string };
  readonly handle: (request: AwsRequest) => Promise<{ response: AwsResponse }>;
  readonly updateHttpClientConfig: () => void;
  readonly httpHandlerConfigs: () => Record<string, never>;
};

/**
 * Our transport in place of the SDK's own: one pool, addresses checked at connect time, no redirect followed, no proxy of the
 * environment, answers bounded in time and size. Errors are those of the transport.
 */
export function createAwsRequestHandler({ exchange }: Pick<HttpTransport, 'exchange'>): AwsRequestHandler {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
    async handle(request) {
      const {
        status: statusCode,
        headers,
        bytes: body,
      } = await exchange({
        origin: originOf(request),
        path: request.path,
        method: methodOf(request),
        headers: request.headers,
        body: bytesOf(request.body),
      });
      return { response: { statusCode, headers: received(headers), body } };
    },
  };
}

function originOf({ protocol, hostname, port }: AwsRequest): string {
  return `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`;
}

/** The two services are asked by POST alone. */
function methodOf({ method }: AwsRequest): Dispatcher.HttpMethod {
  if (method !== 'POST') throw new TypeError(`the AWS SDK wanted to send ${method}`);
  return method;
}

/** The bytes alone: what the SDK hands over looks like a string too, and complains when it is taken for one. */
function bytesOf(body: AwsRequest['body']): string | Uint8Array | null {
  return body instanceof Uint8Array ? Buffer.from(body.buffer, body.byteOffset, body.byteLength) : (body ?? null);
}

function received(headers: WholeAnswer['headers']): Record<string, string> {
  const texts = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]);
  return Object.fromEntries(texts.filter(([, value]) => value !== undefined));
}
