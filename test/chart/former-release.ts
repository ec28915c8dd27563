import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, parseDocument, stringify } from 'yaml';
import { CHART, helm } from './helm.ts';

/** The version of the former release. */
export const FORMER = '0.0.9';

/**
 * Packs a chart as it may have been before the present one: of an older version, whose rotations have no `spec.migration.gracePeriod`.
 * Answers the archive, in `folder`.
 */
export async function packFormer(folder: string): Promise<string> {
  const chart = join(folder, 'chart');
  await mkdir(chart);
  await cp(CHART, chart, { recursive: true, dereference: true });
  await edit(join(chart, 'Chart.yaml'), (text) => {
    return stringify({ ...parse(text), version: FORMER, appVersion: FORMER });
  });
  await edit(join(chart, 'definitions/apikeyrotations.yaml'), (text) => {
    const definition = parseDocument(text);
    const properties = ['schema', 'openAPIV3Schema', 'properties', 'spec', 'properties', 'migration', 'properties'];
    if (!definition.deleteIn(['spec', 'versions', 0, ...properties, 'gracePeriod'])) throw new Error('no gracePeriod');
    return definition.toString();
  });
  await helm(['package', chart, '--destination', folder]);
  return join(folder, `apikey-rotation-operator-${FORMER}.tgz`);
}

async function edit(file: string, change: (text: string) => string): Promise<void> {
  await writeFile(file, change(await readFile(file, 'utf8')));
}
