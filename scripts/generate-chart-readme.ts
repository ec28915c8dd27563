// Writes the table of values in the chart's README from the comments of values.yaml. With --check it writes nothing and fails when it is stale.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMap, isScalar, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { renewBetween } from './generated.ts';

const CHART = join(import.meta.dirname, '../charts/apikey-rotation-operator');
const MARKS = ['<!-- values: written by npm run generate -->\n', '<!-- end of values -->'] as const;

/** One value: its path, its default and what its comment says. */
interface Value {
  readonly path: string;
  readonly preset: unknown;
  readonly comment: string;
}

/** The comment above the first value of a map is kept at the map. */
function commentOf(map: YAMLMap, { key }: Pair): string | undefined {
  const own = isScalar(key) ? key.commentBefore : undefined;
  return map.items[0]?.key === key ? (own ?? map.commentBefore ?? undefined) : (own ?? undefined);
}

function valuesIn(map: YAMLMap, within: string, inherited?: string): readonly Value[] {
  return map.items.flatMap((pair) => {
    const path = `${within}${pair.key}`;
    const comment = commentOf(map, pair) ?? inherited;
    const { value } = pair;
    // A map in one line is one value, of which the comment above it speaks.
    if (isMap(value) && value.items.length > 0 && !value.flow) return valuesIn(value, `${path}.`);
    if (comment === undefined) throw new Error(`${path} has no comment in values.yaml: write above it what it does`);
    const preset = isMap(value) ? value.toJSON() : (value as { toJSON?: () => unknown } | null)?.toJSON?.();
    return [
      {
        path,
        preset,
        comment: comment
          .split('\n')
          .map((line) => line.trim())
          .join(' '),
      },
    ];
  });
}

const cell = (text: string) => text.replaceAll('|', '\\|');
const row = ({ path, preset, comment }: Value) =>
  `| \`${path}\` | \`${cell(JSON.stringify(preset))}\` | ${cell(comment)} |`;

const document = parseDocument(await readFile(join(CHART, 'values.yaml'), 'utf8'));
const values = valuesIn(document.contents as YAMLMap, '', document.commentBefore ?? undefined);
const table = ['| value | default | |', '|---|---|---|', ...values.map(row), ''].join('\n');
await renewBetween(join(CHART, 'README.md'), MARKS, table);
