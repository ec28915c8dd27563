/** One request as the front hands it over. `path` is decoded and has no leading `/v1/`. */
export interface VaultRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** X-Vault-Token. */
  readonly token?: string;
  /** The parsed JSON body. */
  readonly body?: unknown;
}

/** What Vault answers. `body` is undefined for 204. */
export interface VaultAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A JSON object of unknown shape. */
export type Json = Record<string, unknown>;

/** 204 No Content. */
export const noContent: VaultAnswer = { status: 204 };

/** 404 without errors: Vault's word for "there is nothing at all". */
export const absent: VaultAnswer = { status: 404, body: { errors: [] } };

/** What an envelope has beside its data. */
interface AnswerOptions {
  readonly status?: number;
  readonly auth?: Json | null;
  readonly warnings?: readonly string[] | null;
}

/** Vault's envelope round the data of an answer. */
export function answer(data: Json | null, { status = 200, auth = null, warnings = null }: AnswerOptions = {}) {
  const envelope = { request_id: '', lease_id: '', renewable: false, lease_duration: 0 };
  return { status, body: { ...envelope, data, wrap_info: null, warnings, auth } } satisfies VaultAnswer;
}

/** An error in Vault's form. */
export function failure(status: number, ...errors: readonly string[]): VaultAnswer {
  return { status, body: { errors } };
}

/** 403 for whoever brings no token. */
export const permissionDenied = failure(403, 'permission denied');

/** 403 for a token that may not do that, as no policy of its own allows it. */
export const policyDenied = failure(403, '1 error occurred:\n\t* permission denied\n\n');

/** The value as an object; an empty one where it is something else. */
export function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
