import { expect, test } from 'vitest';
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
