/** The two separate worlds of the API. */
export type Environment = 'Test' | 'Live';

/** Both worlds, for loops. */
export const ENVIRONMENTS: readonly Environment[] = ['Test', 'Live'];

/** What a request asked for; faults and call counts are per operation. `use` is the consumers' part of the API. */
export const OPERATIONS = ['issue', 'list', 'get', 'update', 'revoke', 'self', 'use', 'other'] as const;

/** One of them. */
export type Operation = (typeof OPERATIONS)[number];

/** How often a key was presented, and when first and last (milliseconds since the epoch). */
export interface UseCount {
  count: number;
  firstAt?: number;
  lastAt?: number;
}

/** A key as the engine keeps it. Unlike a real API it keeps the text too: the demo greps every output for it. */
export interface ApioKey {
  readonly id: string;
  readonly text: string;
  readonly environment: Environment;
  readonly organization: string;
  /** Management credentials are made outside the API and not listed by it. */
  readonly manager: boolean;
  readonly label: string | undefined;
  readonly createdAt: number;
  readonly expiresAt: number | undefined;
  permissions: readonly string[];
  revokedAt: number | undefined;
  /** Accepted calls of the consumers' API. */
  readonly uses: UseCount;
  /** Accepted calls of `self` and of management. */
  readonly probes: UseCount;
  /** Calls refused because the key was dead. */
  readonly rejected: UseCount;
}

/** One effect, in the order in which they happened. `by` is the id of the credential, or `outside`. */
export interface LedgerEntry {
  readonly at: string;
  readonly type: 'issued' | 'replayed' | 'permissionsChanged' | 'revoked';
  readonly environment: Environment;
  readonly keyID: string;
  readonly by: string;
  /** Of permissions that were changed, those before. */
  readonly permissionsBefore?: readonly string[];
}

/** An error of the API: `{error: {type, code, message}}` under an HTTP status. */
export class ApioProblem extends Error {
  override readonly name = 'ApioProblem';
  readonly status: number;
  readonly type: string;
  readonly code: string;

  constructor(status: number, type: string, code: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
    this.code = code;
  }
}

/** A request that the API cannot accept as it stands. */
export function invalidRequest(code: string, message: string): ApioProblem {
  return new ApioProblem(422, 'invalid_request_error', code, message);
}
