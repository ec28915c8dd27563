import { describe, expect, test } from 'vitest';
import { strangeLabels } from './label-uses.ts';

const LABELS: Readonly<Record<string, readonly string[]>> = {
  apikeyrotation_failing: ['namespace', 'name', 'reason', 'pod'],
  apikeyrotation_waiting: ['reason', 'pod'],
  apikeyrotation_duration: ['op', 'pod'],
};

describe('labels that an expression asks for', () => {
  test.each<[string, string, string, string[]]>([
    ['are there', 'max by (name) (apikeyrotation_failing{reason="X"})', '{{ $labels.name }}', []],
    ['are there in the rest of a legend', 'sum by (reason) (apikeyrotation_waiting)', 'by {{reason}}', []],
    ['and are those of a bucket', 'sum by (le, op) (rate(apikeyrotation_duration_bucket[5m]))', '{{op}}', []],
    [
      'and are not in a matcher',
      'apikeyrotation_waiting{name=~"a|b",reason!="X"}',
      '',
      ['apikeyrotation_waiting: no label name'],
    ],
    ['and are not in an aggregation', 'sum by (name) (apikeyrotation_waiting)', '', ['by (name): no label name']],
    [
      'and are gone in the aggregation round another one',
      'count by (reason) (max by (name) (apikeyrotation_failing) > 0)',
      '',
      ['by (reason): no label reason'],
    ],
    [
      'and are missing on one side of a join',
      'apikeyrotation_failing unless on (name) apikeyrotation_waiting',
      '',
      ['on (name): no label name'],
    ],
    [
      'and are missing on the other side of an aggregation',
      'max by (name) (apikeyrotation_failing) unless on (name) apikeyrotation_waiting',
      '',
      ['on (name): no label name'],
    ],
    [
      'and are gone when they are shown',
      'max by (name) (apikeyrotation_failing) == 1',
      '{{ $labels.namespace }}',
      ['shown of max by (name) (apikeyrotation_failing) == 1: no label namespace'],
    ],
    [
      'and none is left',
      'max(apikeyrotation_failing)',
      '{{ $value }} {{name}}',
      ['shown of max(apikeyrotation_failing): no label name'],
    ],
  ])('%s', (_sentence, expr, shown, strange) => {
    expect(strangeLabels({ expr, shown }, (metric) => LABELS[metric] ?? [])).toEqual(strange);
  });
});
