import { isDeepStrictEqual } from 'node:util';
import { isObject, type Json } from '../../../sandbox/kube/engine/json.ts';

function show(value: Json | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

function keysOf(value: Json | undefined): string[] | undefined {
  return typeof value === 'object' && value !== null ? Object.keys(value) : undefined;
}

function member(value: Json | undefined, key: string): Json | undefined {
  if (Array.isArray(value)) return value[Number(key)];
  return isObject(value) ? value[key] : undefined;
}

/** The first place where two answers part, as `1.body.metadata.generation: 1 is not 2`; undefined when they are equal. */
export function difference(real: Json | undefined, sandbox: Json | undefined, path = ''): string | undefined {
  if (isDeepStrictEqual(real, sandbox)) return undefined;
  const [keys, others] = [keysOf(real), keysOf(sandbox)];
  if (!keys || !others || Array.isArray(real) !== Array.isArray(sandbox)) {
    return `${path}: ${show(real)} is not ${show(sandbox)}`;
  }
  for (const key of new Set([...keys, ...others])) {
    const found = difference(member(real, key), member(sandbox, key), path === '' ? key : `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
