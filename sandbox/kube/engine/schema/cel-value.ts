import { asObject, entries, isObject, type Json } from '../json.ts';
import { isTypeMember, memberSchema, type Schema } from './schema.ts';

const reserved =
  /^(true|false|null|in|as|break|const|continue|else|for|function|if|import|let|loop|package|namespace|return|var|void|while)$/;
const symbols: { [text: string]: string } = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
};

/** A property name as rules must write it. */
function escapeName(name: string): string {
  return reserved.test(name) ? `__${name}__` : name.replace(/__|[./-]/g, (text) => symbols[text] ?? text);
}

/**
 * A JSON value as CEL sees it: whole numbers become int unless the schema says `number`, properties get their escaped
 * names, and of metadata only name and generateName are visible.
 */
export function toCel(value: Json, schema: Schema, isRoot = false): unknown {
  if (typeof value === 'number') return Number.isInteger(value) && schema.type !== 'number' ? BigInt(value) : value;
  if (typeof value === 'string' && schema.format === 'date-time') return new Date(value);
  if (Array.isArray(value)) return value.map((item) => toCel(item, schema.items ?? {}));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    entries(value).map(([name, member]) => {
      if (isTypeMember(name, schema, isRoot)) return [name, name === 'metadata' ? visibleMetadata(member) : member];
      const isProperty = Object.hasOwn(schema.properties ?? {}, name);
      return [isProperty ? escapeName(name) : name, toCel(member, memberSchema(schema, name) ?? {})];
    }),
  );
}

function visibleMetadata(metadata: Json): Json {
  return Object.fromEntries(entries(asObject(metadata)).filter(([name]) => /^(name|generateName)$/.test(name)));
}
