import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { ANNOTATION } from '../../../src/api/names.ts';

const TOP = join(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(TOP, path), 'utf8');

interface Validation {
  readonly expression: string;
  readonly messageExpression: string;
}

const [policy, binding] = parseAllDocuments(read('config/request-policy.yaml')).map((document) => document.toJS());
const validations: readonly Validation[] = policy.spec.validations;
const { rules } = parse(read('config/request-roles.yaml'));

/** The verb that each validation asks about, by its annotation. */
const guarded = validations.map(({ expression }) => {
  const [, annotation, verb] = /^!\('([^']+)' in .*\.check\('([^']+)'\)\.allowed\(\)$/.exec(expression) ?? [];
  return { annotation, verb };
});

/** What people ask of a rotation that takes no verb beyond `patch`. */
const FREE: ReadonlySet<string> = new Set([ANNOTATION.rotate, ANNOTATION.rotateReason, ANNOTATION.marker]);

describe('the policy that guards requests', () => {
  it('is bound, and lets nothing through where it cannot be evaluated', () => {
    expect(policy.spec.failurePolicy).toBe('Fail');
    expect(binding.spec).toEqual({ policyName: policy.metadata.name, validationActions: ['Deny'] });
  });

  it('asks for each guarded annotation about the verb of its name, and names both in its message', () => {
    for (const { annotation, verb } of guarded) expect(annotation).toBe(`apikeyrotation.io/${verb}`);
    validations.forEach(({ messageExpression }, index) => {
      expect(messageExpression).toContain(`annotation ${guarded[index]?.annotation} `);
      expect(messageExpression).toContain(`takes the verb ${guarded[index]?.verb}' + variables.remedy`);
    });
  });

  it('guards every request that the operator knows, but for those that do no more than the schedule does', () => {
    const known = Object.values(ANNOTATION).filter((name) => !FREE.has(name));
    const covered = guarded.map(({ annotation }) => annotation);
    expect(known.filter((name) => !covered.includes(name))).toEqual([]);
    expect(covered.filter((name) => FREE.has(name ?? ''))).toEqual([]);
  });

  it('asks for verbs that the example ClusterRole grants, and for no others', () => {
    const [rule] = rules;
    expect(rule.resources).toEqual(policy.spec.matchConstraints.resourceRules[0].resources);
    expect(rule.verbs.toSorted()).toEqual(guarded.map(({ verb }) => verb).toSorted());
  });
});
