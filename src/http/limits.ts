/** How long each part of an outside call may take, in milliseconds. All three HTTP stacks obey the same figures. */
export interface HttpTimeouts {
  /** DNS, TCP and TLS together. Nothing was sent when it passes. */
  readonly connectMs: number;
  /** From the request's last byte to the answer's headers. */
  readonly headersMs: number;
  /** Between two parts of the answer's body. */
  readonly bodyMs: number;
  /** The whole call, so that a body that drips for ever ends too. */
  readonly callMs: number;
}

/** What holds unless a test asks for less. */
export const DEFAULT_TIMEOUTS: HttpTimeouts = { connectMs: 5_000, headersMs: 10_000, bodyMs: 10_000, callMs: 20_000 };

/** Answers longer than this many bytes are cut off: no answer that we understand is near it. */
export const MAX_RESPONSE_BYTES = 1024 * 1024;

/** Connections kept to one host: as many as the default of `--concurrency`; few enough to be a good guest. */
export const MAX_CONNECTIONS_PER_HOST = 16;
