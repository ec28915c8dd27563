import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KubeEngine } from '../../../sandbox/kube/engine/engine.ts';
import { isObject, type JsonObject } from '../../../sandbox/kube/engine/json.ts';
import { applyManifests, applyObjects } from '../../../sandbox/kube/engine/manifests.ts';
import { groupVersion, toObject } from '../../../sandbox/kube/engine/object.ts';
import { resourceKey } from '../../../sandbox/kube/engine/resource.ts';
import { parseSchedule } from '../../../src/schedule/parse-schedule.ts';
import { accountOf } from './accounts.ts';
import { blocksIn } from './block.ts';
import { completed } from './completed.ts';
import { isOfOthers, objectsOf } from './documented-objects.ts';

const blocks = blocksIn('yaml').filter((block) => !accountOf(block));
const CRDS = join(import.meta.dirname, '../../../crds');
const NAMESPACES = ['payments', 'shop', 'apikey-rotation'];
/** An API server with our CRDs and the namespaces of the pages. */
function apiServer(): KubeEngine {
  let ids = 0;
  const kube = new KubeEngine({ now: () => Date.UTC(2026, 0, 1), uuid: () => `id-${ids++}` });
  for (const file of readdirSync(CRDS)) applyManifests(kube, readFileSync(join(CRDS, file), 'utf8'));
  for (const name of NAMESPACES) applyManifests(kube, `{apiVersion: v1, kind: Namespace, metadata: {name: ${name}}}`);
  return kube;
}

const kube = apiServer();

/** Throws what the API server answers to one that it refuses. Leaves nothing but namespaces behind, so that each is taken as new. */
function apply(object: JsonObject): void {
  const typed = toObject(object) ?? expect.fail('no Kubernetes object');
  if (typed.kind === 'Namespace') return void applyObjects(kube, [typed]);
  const definition = kube
    .resources()
    .find(({ group, version, kind }) => kind === typed.kind && groupVersion(group, version) === typed.apiVersion);
  if (!definition) throw new Error(`nobody serves ${typed.kind} of ${typed.apiVersion}`);
  const namespace = definition.namespaced ? (typed.metadata.namespace ?? 'default') : undefined;
  kube.create({ resource: resourceKey(definition), namespace }, typed, { fieldValidation: 'Strict', dryRun: true });
}

describe('the API server takes, without an unknown field,', () => {
  it.each(blocks)('$name', (block) => {
    for (const object of objectsOf(block)) if (!isOfOthers(object)) apply(object);
  });

  it('and a part with a field that the CRD does not have is refused by its name', () => {
    const part = completed({ targets: [{ name: 'vault', store: 'vault' }] });
    expect(() => apply(part)).toThrow(/spec\.targets\[0\]\.store/);
  });
});

it.each(blocks.filter(({ text }) => text.includes('cron:')))('$name has schedules that fire', (block) => {
  const specs = objectsOf(block).map(({ spec }) => (isObject(spec) ? spec.schedule : undefined));
  const schedules = specs.filter((schedule) => schedule !== undefined);
  expect(schedules).not.toEqual([]);
  for (const schedule of schedules)
    expect(parseSchedule(JSON.parse(JSON.stringify(schedule)))).toMatchObject({ ok: true });
});
