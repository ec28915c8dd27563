import { Server as TlsServer } from 'node:tls';
import { type FastifyError, type FastifyInstance, type FastifyReply, fastify } from 'fastify';
import { CallError } from '../http/call-error.ts';
import { ApiError } from './api-error.ts';
import type { ServingPair } from './serving-certificate.ts';

/** Where a handler's unexpected failure is told; pino fits. */
export interface ServerLog {
  error(fields: { readonly err: unknown }, message: string): void;
}

const BODY_LIMIT_BYTES = 8 * 1024;
/** From the first byte of a request to its last; answers wait for calls that have time-outs of their own. */
const REQUEST_TIMEOUT_MS = 10_000;
const RETRY_AFTER_OUTAGE_SECONDS = 2;

/** The shape of every error answer. */
export const errorSchema = {
  type: 'object',
  properties: {
    error: { type: 'object', properties: { code: { type: 'string' }, message: { type: 'string' } } },
  },
} as const;

/**
 * A fastify instance with our limits, strict schemas (nothing coerced, nothing dropped) and our error answers; over TLS where
 * there is something to serve that with.
 */
export function createJsonApp(log: ServerLog, tls?: ServingPair): FastifyInstance {
  const app = fastify({
    https: tls ? { ...tls, handshakeTimeout: REQUEST_TIMEOUT_MS } : null,
    logger: false,
    bodyLimit: BODY_LIMIT_BYTES,
    connectionTimeout: 3 * REQUEST_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 253 },
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, allErrors: false } },
  });
  app.setErrorHandler((error: FastifyError, _request, reply) => answer(reply, explain(error, log)));
  app.setNotFoundHandler((_request, reply) =>
    answer(reply, new ApiError(404, 'NoSuchRoute', 'There is no such route; docs/consumers.md lists them')),
  );
  endConnectionsOnClose(app);
  return app;
}

/** From now on, new connections to an app that serves TLS get this certificate. */
export function serveWith(app: FastifyInstance, pair: ServingPair): void {
  if (app.server instanceof TlsServer) app.server.setSecureContext(pair);
}

/** The server closes idle connections once; one that is busy then would stay for its keep-alive time and hold up the end. */
function endConnectionsOnClose(app: FastifyInstance): void {
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
  });
}

function answer(reply: FastifyReply, { status, code, message, retryAfterSeconds }: ApiError): FastifyReply {
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  return reply.code(status).send({ error: { code, message } });
}

/** What the caller may know of a failure. Texts of the JSON parser and of back ends may quote secrets: they are left out. */
function explain(error: FastifyError | Error, log: ServerLog): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof CallError) return explainCall(error, log);
  if ('validation' in error && error.validation) {
    return new ApiError(400, 'InvalidRequest', `${error.message}: correct the field and send the request again`);
  }
  const known = 'code' in error ? REQUEST_ERRORS[error.code] : undefined;
  if (known) return known;
  log.error({ err: error }, 'A request failed unexpectedly');
  return new ApiError(500, 'InternalError', 'The operator failed; its log says why', RETRY_AFTER_OUTAGE_SECONDS);
}

function explainCall(error: CallError, log: ServerLog): ApiError {
  log.error({ err: error }, 'A request failed at the Kubernetes API');
  // Retry-After has whole seconds, and what is left of a wait seldom is; nobody is to come again at once.
  const wait = Math.max(1, Math.ceil(error.retryAfterSeconds ?? RETRY_AFTER_OUTAGE_SECONDS));
  const message = `The operator could not reach its goal at the Kubernetes API (${error.reason}): try again`;
  return new ApiError(503, 'KubernetesUnavailable', message, wait);
}

const notJSON = new ApiError(400, 'InvalidJSON', 'The body is not valid JSON: send an object with fingerprint');

const REQUEST_ERRORS: Readonly<Record<string, ApiError>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: notJSON,
  FST_ERR_CTP_EMPTY_JSON_BODY: notJSON,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: notJSON,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: new ApiError(
    415,
    'UnsupportedMediaType',
    'The body must be JSON: send the header Content-Type: application/json',
  ),
  FST_ERR_CTP_BODY_TOO_LARGE: new ApiError(
    413,
    'BodyTooLarge',
    `The body must be at most ${BODY_LIMIT_BYTES} bytes: send fingerprint, consumer and proof only`,
  ),
};
