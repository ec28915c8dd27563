import { CallError } from '../http/call-error.ts';

/** Ids go into URLs, status and events: nothing but these characters is an id. */
export function isKeyID(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{1,128}$/.test(value);
}

/** The same id, to be sent to the issuer of that name; throws CallError InvalidKeyID for what is none. */
export function checkKeyID(keyID: unknown, name: string): string {
  if (isKeyID(keyID)) return keyID;
  const why = `${JSON.stringify(String(keyID).slice(0, 40))} is not the id of a key of ${name}`;
  throw new CallError('refused', 'InvalidKeyID', `${why}; ids have letters, digits, - and _ only`);
}
