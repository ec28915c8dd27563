// Writes into the chart what only a release knows: where the image just built is, by its digest, where the sources are, and what is
// new. Nothing of it is committed: the release workflow runs this in its own clone, after it pushed the image.
//
//   node scripts/stamp-chart.ts --repository https://github.com/owner/name --image host/owner/name@sha256:… --charts host/owner/charts
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { versionIn } from './release/changelog.ts';
import { stampChart } from './release/chart.ts';
import { originOf } from './release/origin.ts';

const TOP = join(import.meta.dirname, '..');
const text = { type: 'string' } as const;
const origin = originOf(parseArgs({ options: { repository: text, image: text, charts: text } }).values);
const { version } = JSON.parse(await readFile(join(TOP, 'package.json'), 'utf8'));
const news = versionIn(await readFile(join(TOP, 'CHANGELOG.md'), 'utf8'), version);
await stampChart(join(TOP, 'charts/apikey-rotation-operator'), version, origin, news);
