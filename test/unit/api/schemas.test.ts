import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
}

interface Definition {
  readonly spec: {
    readonly scope: 'Namespaced' | 'Cluster';
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

const CRDS = join(import.meta.dirname, '../../../crds');
const definitions = readdirSync(CRDS).map((file): Definition => parse(readFileSync(join(CRDS, file), 'utf8')));

/** Each field of the spec of the CRDs of one scope, as `ApiKeyRotation.spec.key`. */
function fields(scope: Definition['spec']['scope']): readonly { readonly path: string; readonly schema: Schema }[] {
  return definitions
    .filter(({ spec }) => spec.scope === scope)
    .flatMap(({ spec: { names, versions } }) => {
      const spec = versions[0]?.schema.openAPIV3Schema.properties?.spec ?? {};
      return fieldsBelow(`${names.kind}.spec`, spec);
    });
}

function fieldsBelow(path: string, schema: Schema): { path: string; schema: Schema }[] {
  const { properties = {}, items, additionalProperties } = schema;
  return [
    { path, schema },
    ...Object.entries(properties).flatMap(([name, inner]) => fieldsBelow(`${path}.${name}`, inner)),
    ...(items ? fieldsBelow(`${path}[]`, items) : []),
    ...(typeof additionalProperties === 'object' ? fieldsBelow(`${path}{}`, additionalProperties) : []),
  ];
}

const named = (pattern: RegExp) =>
  fields('Namespaced')
    .map(({ path }) => path)
    .filter((path) => pattern.test(path.split('.').at(-1) ?? ''));

function isUnbounded({ type, maxLength, maxItems, maxProperties, ...schema }: Schema): boolean {
  if (type === 'string') return maxLength === undefined && !schema.enum && schema.format === undefined;
  if (type === 'array') return maxItems === undefined;
  return Boolean(schema.additionalProperties) && maxProperties === undefined;
}

describe('the spec of a kind that lives in a namespace', () => {
  it('names no namespace: what it refers to is in its own (the one that is named is a namespace of Vault)', () => {
    expect(named(/namespace/i)).toEqual(['KeyStore.spec.vault.namespace']);
  });

  it('says in issuers and stores alone where credentials go', () => {
    const kinds = named(/ur[li]|host|address|endpoint|origin/i).map((path) => path.split('.')[0]);
    expect([...new Set(kinds)].toSorted()).toEqual(['ApiKeyIssuer', 'KeyStore']);
  });
});

describe('the spec of any kind', () => {
  it('bounds every text, list and map', () => {
    const unbounded = [...fields('Namespaced'), ...fields('Cluster')].filter(({ schema }) => isUnbounded(schema));
    expect(unbounded.map(({ path }) => path)).toEqual([]);
  });
});
