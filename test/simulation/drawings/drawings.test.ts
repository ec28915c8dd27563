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
  const rows = [...present.matchAll(/^\| ([SL]\d+) \|(?:[^|]+\|){4}$/gm)].map(([, id]) => id);
  const ids = [...Array.from({ length: 15 }, (_, index) => `S${index + 1}`), 'L1', 'L2', 'L3', 'L4', 'L5', 'L6'];
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
