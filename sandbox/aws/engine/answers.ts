/** One request as the front hands it over. */
export interface AwsRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** What AWS answers. */
export interface AwsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request that AWS does not carry out: thrown by the engine's parts. `name` is AWS's own. */
export class AwsFailure extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** A JSON object of unknown shape. */
export type Json = Record<string, unknown>;

/** The answer of Secrets Manager: JSON 1.1. */
export function jsonAnswer(body: Json, status = 200): AwsAnswer {
  return { status, headers: { 'Content-Type': 'application/x-amz-json-1.1' }, body: JSON.stringify(body) };
}

/** A failure in the form of Secrets Manager. */
export function jsonFailure({ name, message }: AwsFailure): AwsAnswer {
  return jsonAnswer({ __type: name, message, Message: message }, 400);
}

/** The answer of STS: `<Action>Response` round `<Action>Result`. */
export function xmlAnswer(action: string, result: string): AwsAnswer {
  const open = `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">`;
  return xml(200, `${open}<${action}Result>${result}</${action}Result></${action}Response>`);
}

/** A failure in the form of STS. */
export function xmlFailure({ name, message }: AwsFailure): AwsAnswer {
  const open = '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">';
  const error = `<Error><Type>Sender</Type><Code>${name}</Code><Message>${message}</Message></Error>`;
  return xml(
    name === 'IDPCommunicationError' || name === 'ExpiredTokenException' ? 400 : 403,
    `${open}${error}</ErrorResponse>`,
  );
}

function xml(status: number, body: string): AwsAnswer {
  return { status, headers: { 'Content-Type': 'text/xml' }, body };
}
