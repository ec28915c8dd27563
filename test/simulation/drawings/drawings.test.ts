import { expect, test } from 'vitest';
import { INVARIANTS } from '../invariants/all.ts';
import { DRAWINGS } from './all.ts';
import { redraw } from './document.ts';
import { mistakes } from './mistakes.ts';

const { present, fresh } = await redraw();

test('docs/protocol.md shows what the code does now', () => {
  expect(fresh === present, 'it does not any more; renew it with: npm run generate').toBe(true);
});

test('what is drawn is valid Mermaid', () => {
  const pictures = [...present.matchAll(/```mermaid\n(sequenceDiagram\n.*?)```/gs)].map(([, picture = '']) => picture);
  expect(pictures.length).toBe(DRAWINGS.length);
  expect(pictures.flatMap(mistakes)).toEqual([]);
});

test('docs/protocol.md says of every invariant that is asked what it rests on', () => {
  const rows = [...present.matchAll(/^\| ([SL]\d+|AUDIT|WINDOW) \|(?:[^|]+\|){4}$/gm)].map(([, id]) => id);
  const numbered = (letter: string, length: number) => Array.from({ length }, (_, index) => `${letter}${index + 1}`);
  const ids = [...numbered('S', 15), ...numbered('L', 6), 'AUDIT', 'WINDOW'];
  expect(rows).toEqual(ids);
  expect(INVARIANTS.filter(({ id }) => !rows.includes(id))).toEqual([]);
});

const COLUMNS = 'sequenceDiagram\n    actor A\n    participant kube as Kubernetes\n    A->>kube: hello\n';

test('a picture without a mistake has none', () => {
  expect(mistakes(COLUMNS)).toEqual([]);
});

test.each([
  'A->>kube: 1; 2',
  'A->>nobody: hello',
  'A=>kube: hello',
  'A->>kube:',
  'Note over A,B: hello',
  'A->>kube: K#1',
])('a mistake in a picture is seen: %s', (row) => {
  expect(mistakes(`${COLUMNS}    ${row}\n`)).toEqual([`    ${row}`]);
});
