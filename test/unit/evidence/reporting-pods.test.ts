import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseLabelSelector } from '../../../sandbox/kube/engine/storage/label-selector.ts';
import type { ApiKeyRotation } from '../../../src/api/types.ts';
import { isPodOf, type ReportRule } from '../../../src/evidence/report.ts';
import { type PodSelection, reportingPods } from '../../../src/evidence/reporting-pods.ts';

function specOf(rules: readonly ReportRule[]): ApiKeyRotation['spec'] {
  const consumers = rules.map((report, at) => ({ name: `c-${at}`, evidence: [{ type: 'Report' as const, report }] }));
  return { consumers } as object as ApiKeyRotation['spec'];
}

function rule(serviceAccountName: string, matchLabels?: Record<string, string>): ReportRule {
  return { serviceAccountName, ...(matchLabels && { podSelector: { matchLabels } }) };
}

test.each<[string, ReportRule[], PodSelection[]]>([
  ['no consumer', [], []],
  ['an account alone', [rule('api')], [{ fieldSelector: 'spec.serviceAccountName=api' }]],
  [
    'labels of one consumer',
    [rule('api', { tier: 'web', app: 'pay' })],
    [{ fieldSelector: 'spec.serviceAccountName=api', labelSelector: 'app in (pay),tier in (web)' }],
  ],
  [
    'a label that consumers of one account share',
    [rule('api', { app: 'b', tier: 'web' }), rule('api', { app: 'a' })],
    [{ fieldSelector: 'spec.serviceAccountName=api', labelSelector: 'app in (a,b)' }],
  ],
  [
    'one of them takes all of the account',
    [rule('api', { app: 'a' }), rule('api')],
    [{ fieldSelector: 'spec.serviceAccountName=api' }],
  ],
  [
    'two accounts',
    [rule('worker', { app: 'a' }), rule('api')],
    [
      { fieldSelector: 'spec.serviceAccountName=api' },
      { fieldSelector: 'spec.serviceAccountName=worker', labelSelector: 'app in (a)' },
    ],
  ],
  [
    'what no label can be',
    [rule('api', { app: 'a,!b', 'x y': 'z', ok: 'yes' })],
    [{ fieldSelector: 'spec.serviceAccountName=api', labelSelector: 'ok in (yes)' }],
  ],
])('%s', (_, rules, selections) => {
  expect(reportingPods(specOf(rules))).toEqual(selections);
});

const account = fc.constantFrom('api', 'worker');
const value = fc.oneof(fc.constantFrom('a', 'b', 'in', 'notin', ''), fc.string({ maxLength: 4 }));
const labels = fc.dictionary(fc.constantFrom('app', 'in', 'example.com/tier', 'a b', '__proto__'), value, {
  maxKeys: 3,
});
const anyRule = fc.record({ account, labels: fc.option(labels) });

test('no pod of a consumer is left out, whatever the rules and the labels are', () => {
  const property = fc.property(
    fc.array(anyRule, { maxLength: 4 }),
    account,
    labels,
    (wanted, serviceAccountName, of) => {
      const rules = wanted.map((one) => rule(one.account, one.labels ?? undefined));
      const selections = reportingPods(specOf(rules));
      const isListed = selections.some(
        ({ fieldSelector, labelSelector = '' }) =>
          fieldSelector === `spec.serviceAccountName=${serviceAccountName}` &&
          parseLabelSelector(labelSelector).every((matches) => matches(of)),
      );
      const isOurs = rules.some((one) => isPodOf(one, { serviceAccountName, labels: of }));
      // A label that no API server would take is on no pod.
      fc.pre(
        Object.entries(of).every(
          ([label, text]) => label !== 'a b' && /^$|^[A-Za-z0-9]([-\w.]*[A-Za-z0-9])?$/.test(text),
        ),
      );
      expect(isListed || !isOurs).toBe(true);
    },
  );
  fc.assert(property, { numRuns: 1_000 });
});
