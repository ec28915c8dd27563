import { type FieldError, invalid } from '../field-error.ts';
import { asArray, asString, isObject, type JsonObject } from '../json.ts';
import type { ObjectMeta } from '../object.ts';

const field = 'metadata.ownerReferences';

function incomplete(owner: JsonObject): FieldError[] {
  return ['apiVersion', 'kind', 'name', 'uid']
    .filter((name) => asString(owner[name]) === '')
    .map((name) => invalid(`${field}.${name}`, '', `${name === 'apiVersion' ? 'version ' : ''}must not be empty`));
}

/** The errors of owner references: each must say all of an owner, and one owner alone may be the controller. */
export function checkOwnerReferences({ ownerReferences }: ObjectMeta): FieldError[] {
  const owners = asArray(ownerReferences).filter(isObject);
  const errors = owners.flatMap(incomplete);
  const [first, second] = owners
    .filter(({ controller }) => controller === true)
    .map(({ kind, name }) => `${asString(kind)}/${asString(name)}`);
  if (second === undefined) return errors;
  const why = `Only one reference can have Controller set to true. Found "true" in references for ${first} and ${second}`;
  return [...errors, invalid(field, owners, why)];
}
