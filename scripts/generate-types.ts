// Writes src/api/*.gen.ts from crds/*.yaml. With --check it writes nothing and fails when a file is stale.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { parse } from 'yaml';
import { renew } from './generated.ts';

interface Crd {
  spec: { names: { kind: string; singular: string }; versions: { schema: { openAPIV3Schema: JSONSchema } }[] };
}

const CRDS = join(import.meta.dirname, '../crds');
const API = join(import.meta.dirname, '../src/api');
const BANNER =
  "// Generated from crds/ by `npm run generate`; do not edit.\nimport type { ObjectMeta } from '../runtime/kube/kube-api.ts';\n";

/** The schema of one kind with `metadata` as every Kubernetes object has it. */
function schemaOf(crd: Crd): JSONSchema {
  const schema = structuredClone(crd.spec.versions[0]?.schema.openAPIV3Schema ?? {});
  schema.properties = { ...schema.properties, metadata: { tsType: 'ObjectMeta' } };
  schema.required = [...(Array.isArray(schema.required) ? schema.required : []), 'metadata'];
  return schema;
}

async function render(file: string): Promise<{ path: string; text: string }> {
  const crd: Crd = parse(await readFile(join(CRDS, file), 'utf8'));
  const { kind } = crd.spec.names;
  const text = await compile(schemaOf(crd), kind, {
    additionalProperties: false,
    bannerComment: BANNER,
    ignoreMinAndMaxItems: true,
    style: { singleQuote: true, printWidth: 120 },
  });
  return { path: join(API, `${crd.spec.names.singular}.gen.ts`), text };
}

const rendered = await Promise.all((await readdir(CRDS)).filter((file) => file.endsWith('.yaml')).map(render));
for (const { path, text } of rendered) await renew(path, text);
