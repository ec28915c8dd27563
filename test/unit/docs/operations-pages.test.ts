import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { USAGE } from '../../../src/composition/flags.ts';

const TOP = join(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(join(TOP, file), 'utf8');

interface Alert {
  readonly alert: string;
  readonly labels: { readonly severity: string };
}

it('docs/flags.md shows what --help prints', () => {
  expect(/^```text\n(.*?)^```$/ms.exec(read('docs/flags.md'))?.[1]).toBe(USAGE);
});

it('docs/operations.md lists each alert of the chart with its severity and its runbook', () => {
  const rows = read('docs/operations.md').matchAll(/^\| \[(\w+)\]\(runbooks\/(\w+)\.md\) \| (\w+) \|/gm);
  const listed = [...rows].map(([, alert, runbook, severity]) => `${alert} ${runbook} ${severity}`);
  const { groups } = parse(read('charts/apikey-rotation-operator/alerts.yaml'));
  const alerts = groups.flatMap(({ rules }: { rules: readonly Alert[] }) =>
    rules.map(({ alert, labels: { severity } }) => `${alert} ${alert} ${severity}`),
  );
  expect(listed.toSorted()).toEqual(alerts.toSorted());
});
