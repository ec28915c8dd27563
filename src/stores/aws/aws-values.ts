import { CallError } from '../../http/call-error.ts';
import { isRecord, parseJson } from '../../http/json.ts';
import { fromFields, toFields } from '../field-values.ts';
import type { StoredValue } from '../port.ts';
import { markerOf } from './aws-labels.ts';
import type { SecretVersion } from './secrets-client.ts';

/** A version as fields and marker. Throws CallError where its value has no fields: to write there would drop what it holds. */
export function toStoredValue(name: string, { id, createdTime, labels, text }: SecretVersion): StoredValue {
  const data = text && parseJson(text.reveal());
  if (!isRecord(data)) throw withoutFields(name);
  const marker = markerOf(labels);
  return { version: id, createdTime, fields: toFields(data), ...(marker ? { marker } : {}) };
}

/** The text to write. Reveals the plaintext: its result goes to AWS and nowhere else. */
export function toText(fields: StoredValue['fields']): string {
  return JSON.stringify(fromFields(fields));
}

function withoutFields(name: string): CallError {
  const remedy = 'put a JSON object there ({"key": "..."}), or choose another path';
  const message = `secret ${name} holds binary data or a text without fields, which a target has: ${remedy}`;
  return new CallError('refused', 'AWSValueWithoutFields', message);
}
