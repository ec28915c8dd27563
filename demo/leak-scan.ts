/** A text that must not be found anywhere, and the id that names it. */
export interface Secret {
  readonly id: string;
  readonly text: string;
}

/** Everything that came out at one place. */
export interface Output {
  /** Where: `operator log`, `Event demo/payments.1`. */
  readonly channel: string;
  readonly text: string;
}

/** A secret that was found, by its id. */
export interface Leak {
  readonly channel: string;
  readonly keyID: string;
}

/** Which secrets stand in which outputs, plainly, in base64 at any offset, or in hex. */
export function findLeaks(outputs: readonly Output[], secrets: readonly Secret[]): readonly Leak[] {
  const wanted = secrets.map(({ id, text }) => ({ id, forms: formsOf(text) }));
  const leaks = outputs.flatMap(({ channel, text }) =>
    wanted.filter(({ forms }) => forms.some((form) => text.includes(form))).map(({ id }) => ({ channel, keyID: id })),
  );
  return [...new Map(leaks.map((leak) => [`${leak.channel}\n${leak.keyID}`, leak])).values()];
}

/** The text with every secret replaced by its id, for what has to be shown although it may hold one. */
export function withoutSecrets(text: string, secrets: readonly Secret[]): string {
  return secrets.reduce((shown, secret) => shown.replaceAll(secret.text, `[${secret.id}]`), text);
}

function formsOf(text: string): readonly string[] {
  return [text, Buffer.from(text).toString('hex'), ...[0, 1, 2].map((offset) => base64At(text, offset))];
}

/** The base64 characters that depend on the text alone when it begins at this offset within a group of three bytes. */
function base64At(text: string, offset: number): string {
  const encoded = Buffer.from(`${' '.repeat(offset)}${text}`).toString('base64url');
  const first = Math.ceil((offset * 8) / 6);
  const last = Math.floor(((offset + Buffer.byteLength(text)) * 8) / 6);
  return encoded.slice(first, last);
}
