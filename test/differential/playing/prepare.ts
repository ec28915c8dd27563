import { readdir, readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import { asString, dig, type Json } from '../../../sandbox/kube/engine/json.ts';
import { widgetDefinition } from '../../contract/kube-api/widget.ts';
import type { Client } from './client.ts';

const folder = new URL('../../../crds/', import.meta.url);
const definitionsPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

async function ownDefinitions(): Promise<Json[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
  const texts = await Promise.all(files.map((name) => readFile(new URL(name, folder), 'utf8')));
  return texts.flatMap((text) => parseAllDocuments(text).map((document): Json => document.toJS()));
}

async function untilServed(client: Client, definition: Json): Promise<void> {
  const group = asString(dig(definition, 'spec', 'group'));
  const plural = asString(dig(definition, 'spec', 'names', 'plural'));
  const version = /widgets/.test(plural) ? 'v1' : 'v1alpha1';
  const deadline = performance.now() + 20_000;
  while ((await client.send({ method: 'GET', path: `/apis/${group}/${version}/${plural}` })).status !== 200) {
    if (performance.now() > deadline) throw new Error(`${plural}.${group} is not served`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Brings in the kinds that cases are about: our own and Widget. */
export async function prepare(client: Client): Promise<void> {
  for (const definition of [widgetDefinition, ...(await ownDefinitions())]) {
    const answer = await client.send({ method: 'POST', path: definitionsPath, text: JSON.stringify(definition) });
    if (answer.status !== 201) throw new Error(`a definition was refused: ${JSON.stringify(answer.body)}`);
    await untilServed(client, definition);
  }
}
