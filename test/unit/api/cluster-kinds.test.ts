import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

type Node = { [field: string]: Node } | Node[] | string | number | boolean | null;
type Fields = Record<string, Node>;

/** The schema of `spec`, without texts that only people read. */
function specOf(plural: string): Fields {
  const crd = parse(readFileSync(join(import.meta.dirname, `../../../crds/${plural}.yaml`), 'utf8'));
  return withoutTexts(crd.spec.versions[0].schema.openAPIV3Schema.properties.spec) as Fields;
}

function withoutTexts(node: Node): Node {
  if (Array.isArray(node)) return node.map(withoutTexts);
  if (typeof node !== 'object' || node === null) return node;
  const kept = Object.entries(node).filter(([name, value]) => name !== 'description' || typeof value !== 'string');
  return Object.fromEntries(kept.map(([name, value]) => [name, withoutTexts(value)]));
}

/** The members of a spec but for some. */
function members(plural: string, ...without: readonly string[]): Fields {
  const properties = specOf(plural).properties as Fields;
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !without.includes(name)));
}

describe('what a kind of the cluster has in common with that of a namespace is the same:', () => {
  test('issuers differ in grants, and in people, who work for one namespace', () => {
    expect(members('clusterapikeyissuers', 'type', 'grants')).toEqual(members('apikeyissuers', 'type', 'support'));
  });

  test('stores differ in grants, and in Secrets, which every namespace has itself', () => {
    expect(members('clusterkeystores', 'type', 'grants', 'allowNamespacedIssuers')).toEqual(
      members('keystores', 'type'),
    );
  });
});
