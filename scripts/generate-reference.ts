// Writes docs/reference.md from crds/*.yaml. With --check it writes nothing and fails when the page is stale.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { renew } from './generated.ts';

const CRDS = join(import.meta.dirname, '../crds');
const PAGE = join(import.meta.dirname, '../docs/reference.md');
/** In the order in which one meets them. */
const KINDS = [
  'apikeyrotations',
  'apikeyissuers',
  'clusterapikeyissuers',
  'keystores',
  'clusterkeystores',
  'migrationreports',
];

const HEAD = `# Reference

Written by \`npm run generate\` from [crds/](../crds/); \`kubectl explain akr.spec --recursive\` tells the same. A field that is not here is refused by
its name. \`[]\` stands for the items of a list, \`{}\` for the values of a map. No field of \`spec\` has a schema default, so that what is applied is what is
stored: the default is what the operator does when the field is absent.

`;

interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-validations'?: readonly { readonly rule: string; readonly message?: string }[];
}

interface Definition {
  readonly spec: {
    readonly scope: string;
    readonly names: { readonly kind: string; readonly shortNames?: readonly string[] };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

/** A field with its place; `required` within the object that it is a field of. */
interface Row {
  readonly path: string;
  readonly schema: Schema;
  readonly required: boolean;
}

/** The field itself and all that is in it, depth first. */
function rowsOf(path: string, schema: Schema, required = false): readonly Row[] {
  const { properties = {}, items, additionalProperties } = schema;
  const inner = Object.entries(properties).flatMap(([name, field]) =>
    rowsOf(`${path}.${name}`, field, schema.required?.includes(name)),
  );
  return [
    { path, schema, required },
    ...inner,
    ...membersOf(`${path}[]`, items),
    ...membersOf(`${path}{}`, additionalProperties),
  ];
}

/** Of a list or a map: nothing of their own where `typeOf` the field says it all. */
function membersOf(path: string, schema: Schema | undefined): readonly Row[] {
  if (!schema) return [];
  const [own, ...inner] = rowsOf(path, schema);
  return own && (schema.description || constraintsOf(schema).length > 0) ? [own, ...inner] : inner;
}

function typeOf({ type, format, items, additionalProperties, ...rest }: Schema): string {
  if (items) return `list of ${typeOf(items)}`;
  if (additionalProperties) return `map of ${typeOf(additionalProperties)}`;
  if (rest['x-kubernetes-preserve-unknown-fields']) return 'anything';
  return format ? `${type} (${format})` : `${type}`;
}

/** What the description says that an absent field means: a value “(when absent)”, or a sentence that ends “when absent”. */
function defaultOf({ description = '', enum: values = [] }: Schema): string {
  const value = values.find((each) => new RegExp(`\\b${each},? \\(?when absent\\b`).test(description));
  if (value !== undefined) return code(String(value));
  const [, told = ''] = /(?:^|[.;] )([^.;]+) when absent\b/.exec(description) ?? [];
  return /^\S+$|^\{/.test(told) ? code(told) : told;
}

function constraintsOf(schema: Schema): readonly string[] {
  const { pattern, minimum, maximum } = schema;
  const range = (unit: string, least?: number, most?: number) => {
    if (least === undefined && most === undefined) return [];
    if (least === undefined) return [`at most ${most}${unit}`];
    return [most === undefined ? `at least ${least}${unit}` : `${least} to ${most}${unit}`];
  };
  const keys = schema['x-kubernetes-list-map-keys'];
  return [
    ...(schema.enum ? [`one of ${schema.enum.map((value) => code(String(value))).join(', ')}`] : []),
    ...range(' characters', schema.minLength, schema.maxLength),
    ...range(' items', schema.minItems, schema.maxItems),
    ...range(' entries', schema.minProperties, schema.maxProperties),
    ...range('', minimum, maximum),
    ...(pattern === undefined ? [] : [code(pattern)]),
    ...(keys ? [`unique by ${keys.map(code).join(', ')}`] : []),
    ...(schema['x-kubernetes-list-type'] === 'set' ? ['each once'] : []),
    ...(schema['x-kubernetes-validations'] ?? []).map(({ rule, message }) =>
      message === undefined ? code(rule) : `“${message}”`,
    ),
  ];
}

const code = (text: string) => `\`${text}\``;
const cell = (text: string) => text.trim().replaceAll('|', '\\|').replaceAll('\n', ' ');

function table(rows: readonly Row[]): string {
  const lines = rows.map(({ path, schema, required }) => {
    const type = required ? `${typeOf(schema)}, required` : typeOf(schema);
    const cells = [code(path), type, defaultOf(schema), constraintsOf(schema).join('; '), schema.description ?? ''];
    return `| ${cells.map(cell).join(' | ')} |\n`;
  });
  return `| field | type | default | constraints | |\n|---|---|---|---|---|\n${lines.join('')}\n`;
}

function section({ spec: { scope, names, versions } }: Definition): string {
  const schema = versions[0]?.schema.openAPIV3Schema ?? {};
  const { spec = {}, status } = schema.properties ?? {};
  const short = names.shortNames?.map(code).join(', ');
  const about = `${scope === 'Cluster' ? 'Of the whole cluster' : 'Of a namespace'}${short ? `, short ${short}` : ''}.`;
  const rules = constraintsOf(schema).map((rule) => `- ${rule}\n`);
  const intro = [`## ${names.kind}`, `${schema.description ?? ''} ${about}`.trim(), rules.join('').trim()].filter(
    Boolean,
  );
  const fields = table(rowsOf('spec', spec));
  return `${intro.join('\n\n')}\n\n${fields}${status ? `### Status of ${names.kind}\n\n${table(rowsOf('status', status).slice(1))}` : ''}`;
}

const files = await readdir(CRDS);
const unknown = files.filter((file) => !KINDS.includes(file.replace('.yaml', '')));
if (unknown.length > 0) throw new Error(`in no order yet: ${unknown.join(', ')}`);
const definitions: readonly Definition[] = await Promise.all(
  KINDS.map(async (kind) => parse(await readFile(join(CRDS, `${kind}.yaml`), 'utf8'))),
);
const text = `${HEAD}${definitions.map(section).join('')}`.trimEnd();
await renew(PAGE, `${text}\n`);
