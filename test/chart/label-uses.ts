/** The labels that series of a metric have. Throws where nobody exports such a metric. */
export type LabelsOf = (metric: string) => readonly string[];

/** PromQL with what shows labels of its result: annotations of an alert, the legend of a panel. */
export interface Query {
  readonly expr: string;
  readonly shown: string;
}

/**
 * Labels that an expression asks for and that its series do not have, a sentence each: in matchers, in `by (…)` and `on (…)` before their
 * operands, and shown as `{{ $labels.x }}` or `{{x}}`. An operator of PromQL would take each of them for empty, and say nothing.
 */
export function strangeLabels({ expr, shown }: Query, labelsOf: LabelsOf): readonly string[] {
  const uses = [
    ...metricsIn(expr).map(({ metric, matched }) => ({ place: metric, asked: matched, there: labelsOf(metric) })),
    ...clausesIn(expr, 'by').map(({ labels, operand }) => ({
      place: `by (${labels.join(', ')})`,
      asked: labels,
      there: labelsLeft(operand, labelsOf),
    })),
    ...clausesIn(expr, 'on').map(({ labels }) => ({
      place: `on (${labels.join(', ')})`,
      asked: labels,
      there: common([labelsLeft(expr, labelsOf), ...metricsIn(expr).map(({ metric }) => labelsOf(metric))]),
    })),
    { place: `shown of ${expr}`, asked: labelsShown(shown), there: labelsLeft(expr, labelsOf) },
  ];
  return uses.flatMap(({ place, asked, there }) =>
    asked.filter((label) => !there.includes(label)).map((label) => `${place}: no label ${label}`),
  );
}

/** Names of the metrics that an expression reads, without what histograms put behind theirs. */
export function metricsIn(expr: string): readonly { readonly metric: string; readonly matched: readonly string[] }[] {
  return [...expr.matchAll(/(apikeyrotation_\w+)(?:\{([^}]*)\})?/g)].map(([, series = '', matchers = '']) => ({
    metric: series.replace(/_bucket$/, ''),
    matched: [...matchers.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)].map(([, label = '']) => label),
  }));
}

/** What every aggregation and every series in an expression has: an operator passes on no label that one side lacks. */
function labelsLeft(expr: string, labelsOf: LabelsOf): readonly string[] {
  const kept = clausesIn(expr, 'by').map(({ labels }) => labels);
  if (kept.length > 0) return common(kept);
  if (/\b(sum|min|max|count|avg|absent)\s*\(/.test(expr)) return [];
  const series = metricsIn(expr).map(({ metric }) => labelsOf(metric));
  return expr.includes('_bucket') ? [...common(series), 'le'] : common(series);
}

const common = ([first = [], ...others]: readonly (readonly string[])[]) =>
  first.filter((label) => others.every((other) => other.includes(label)));

/** Where `by` or `on` stands with its labels; the operand is what stands in parentheses behind that, or nothing. */
function clausesIn(expr: string, word: 'by' | 'on') {
  return [...expr.matchAll(new RegExp(`\\b${word}\\s*\\(([^)]*)\\)\\s*`, 'g'))].map((match) => ({
    labels: (match[1] ?? '').split(',').map((label) => label.trim()),
    operand: inParentheses(expr.slice(match.index + match[0].length)),
  }));
}

function inParentheses(text: string): string {
  let depth = 0;
  for (const [at, character] of [...text].entries()) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth === 0) return text.slice(0, at);
  }
  return text;
}

const labelsShown = (text: string) =>
  [...text.matchAll(/\{\{\s*(?:\$labels\.)?([a-z]\w*)\s*\}\}/g)].map(([, label = '']) => label);
