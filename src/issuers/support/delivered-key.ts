import { discloses, looksSwapped } from '../../key/disclosure.ts';
import { fingerprint, isTooShort, MIN_KEY_LENGTH } from '../../key/fingerprint.ts';
import { SecretValue } from '../../key/secret-value.ts';
import type { KubeObject } from '../../runtime/kube/kube-api.ts';
import { isKeyID } from '../key-id.ts';
import { swappedText } from './examine.ts';
import { type Entry, isDelivered, isNamed, type Register } from './register.ts';

/** The Secret in which people give a key. */
export interface DeliverySecret extends KubeObject {
  data?: Record<string, string>;
}

/** A key that answers the request, or why this is none. */
export type Delivery =
  | { readonly type: 'Key'; readonly keyID: string; readonly key: SecretValue; readonly uid: string }
  | { readonly type: 'Problem'; readonly problem: string };

/**
 * Judges what people gave for an attempt. The Secret is left where it is: whoever wrote it must be able to correct it. What was taken
 * for this attempt before is taken again, whoever asks; anything else is refused from then on.
 */
export function judgeDelivery(secret: DeliverySecret, entry: Entry, register: Register, remedy: string): Delivery {
  const { name, uid = '' } = secret.metadata;
  const refuse = (problem: string): Delivery => ({
    type: 'Problem',
    problem: `Secret ${name} is not taken: ${problem}`,
  });
  const keyID = textOf(secret, 'keyID');
  const text = textOf(secret, 'key');
  const orphan = orphanOf(keyID, new SecretValue(text), entry, register);
  if (uid === entry.staleUID) {
    const revoked = orphan && `have ${orphan} revoked unless somebody uses it, `;
    return refuse(
      `it was there before this key was asked for, and answers another request; delete it, ${revoked}then ${remedy}`,
    );
  }
  if (text === '') return refuse(`field key is missing; ${remedy}`);
  if (keyID === '') return refuse(`field keyID is missing: the id by which the key is revoked one day; ${remedy}`);
  if (!isKeyID(keyID)) return refuse(`field keyID is no id: letters, digits, - and _ only, at most 128; ${remedy}`);
  const key = new SecretValue(text);
  if (isTooShort(key) && looksSwapped(keyID, key)) return refuse(`${swappedText()}; ${remedy}`);
  if (isTooShort(key)) return refuse(`field key has fewer than ${MIN_KEY_LENGTH} characters; ${remedy}`);
  const print = fingerprint(key);
  if (!/^[\x21-\x7e]+$/.test(text))
    return refuse(`field key has spaces, line breaks or letters that no key has; ${remedy}`);
  if (discloses(keyID, key)) return refuse(`field keyID has the text of the key in it; ${remedy}`);
  if (isDelivered(entry)) {
    if (entry.keyID === keyID && entry.fingerprint === print) return { type: 'Key', keyID, key, uid };
    const revoked = orphan && `, and have ${orphan} revoked: nobody will use it`;
    return refuse(`key ${entry.keyID} was taken for this request already; delete this Secret${revoked}`);
  }
  const known = register.filter(isDelivered);
  const same = known.find((each) => each.fingerprint === print);
  if (same)
    return refuse(
      `field key holds key ${same.keyID}, which was delivered before; issue another one, delete this Secret and ${remedy}`,
    );
  if (known.some((each) => isNamed(each, keyID, entry.environment)))
    return refuse(`field keyID names key ${keyID}, which was delivered before, beside another text; ${remedy}`);
  return { type: 'Key', keyID, key, uid };
}

/**
 * How people are told of a key that is not taken, and lives on unless they revoke it; empty where it is one that was taken. Its id is
 * quoted where it surely is one, and of no other key.
 */
function orphanOf(keyID: string, key: SecretValue, { environment }: Entry, register: Register): string {
  const known = register.filter(isDelivered);
  if (known.some((each) => each.fingerprint === fingerprint(key))) return '';
  const isTold = isKeyID(keyID) && !isTooShort(key) && !discloses(keyID, key) && !looksSwapped(keyID, key);
  return isTold && !known.some((each) => isNamed(each, keyID, environment)) ? `key ${keyID}` : 'the key in it';
}

/** As `kubectl create secret --from-file` writes it: with the line's end. */
function textOf({ data = {} }: DeliverySecret, field: string): string {
  return Buffer.from(data[field] ?? '', 'base64')
    .toString('utf8')
    .trim();
}
