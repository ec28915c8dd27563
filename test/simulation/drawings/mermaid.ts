import type { Actor, Line } from './line.ts';

const LABELS: Readonly<Record<string, string>> = {
  person: 'person',
  kube: 'Kubernetes',
  issuer: 'issuer',
  store: 'store',
  pod: 'consumer pod',
};
const ARROWS = { Call: '->>', Answer: '-->>', Lost: '-x', LostAnswer: '--x', Refused: '-x' } as const;

/** Lines as a Mermaid sequence diagram, which has a column for everybody who does something in it. */
export function mermaid(lines: readonly Line[]): string {
  return ['sequenceDiagram', ...columns(lines), ...lines.map(row)].join('\n    ');
}

function columns(lines: readonly Line[]): string[] {
  const seen = new Set(lines.flatMap((line) => (line.type === 'Arrow' ? [line.from, line.to] : line.over)));
  const operators = [...seen].filter((actor) => LABELS[actor] === undefined).sort();
  const order = ['person', ...operators, 'kube', 'issuer', 'store', 'pod'].filter((actor) => seen.has(actor));
  return order.map(column);
}

function column(actor: Actor): string {
  if (actor === 'person') return 'actor person';
  return `participant ${actor} as ${LABELS[actor] ?? operatorName(actor)}`;
}

function operatorName(actor: Actor): string {
  return actor.length === 1 ? `operator ${actor}` : `operator ${actor[0]}, restarted`;
}

function row(line: Line): string {
  if (line.type === 'Note') return `Note over ${line.over.join(',')}: ${line.text}`;
  return `${line.from}${ARROWS[line.kind]}${line.to}: ${line.text}`;
}
