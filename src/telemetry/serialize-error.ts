/** What a log line says of an error, and nothing else: errors of HTTP libraries carry whole requests, headers included. */
export interface SerializedError {
  readonly name: string;
  readonly message: string;
  readonly code?: string | number;
  readonly status?: string | number;
  readonly outcome?: string;
  readonly reason?: string;
  readonly stack?: string;
}

const MAX_MESSAGE_LENGTH = 2_000;
const MAX_STACK_LENGTH = 4_000;

/** Takes the listed fields of an error. Of anything else that was thrown only the type is told. */
export function serializeError(error: unknown): SerializedError {
  if (!(error instanceof Error)) return { name: 'NonError', message: `a value of type ${typeof error} was thrown` };
  return {
    name: error.name,
    message: error.message.slice(0, MAX_MESSAGE_LENGTH),
    ...scalar(error, 'code'),
    ...scalar(error, 'status'),
    ...scalar(error, 'outcome'),
    ...scalar(error, 'reason'),
    ...(error.stack && { stack: error.stack.slice(0, MAX_STACK_LENGTH) }),
  };
}

function scalar(error: Error, field: string): Record<string, string | number> {
  const value: unknown = Reflect.get(error, field);
  return typeof value === 'string' || typeof value === 'number' ? { [field]: value } : {};
}
