import { type AttemptId, formatAttemptId, type Owner } from '../../key/attempt-id.ts';

type Separator = '/' | '.' | ':' | '_';

/** The label of an attempt as the vendor is given it, where its names take no slash. */
export function writeLabel({ installation, uid, revision, attempt }: AttemptId, separator: Separator): string {
  return [installation, uid, `${revision}.${attempt}`].join(separator);
}

/** How the labels of an object begin there. */
export function writeOwner({ installation, uid }: Owner, separator: Separator): string {
  return [installation, uid, ''].join(separator);
}

/** A label in our own form; any other text as it is. An installation may have the separator in its name, a uid does not. */
export function readLabel(text: string, separator: Separator): string {
  if (separator === '/') return text;
  const match = new RegExp(`^(.+)\\${separator}([^${separator}]+)\\${separator}(\\d{1,9})\\.(\\d{1,9})$`).exec(text);
  const [, installation, uid, revision, attempt] = match ?? [];
  if (!installation || !uid) return text;
  return formatAttemptId({ installation, uid, revision: Number(revision), attempt: Number(attempt) });
}
