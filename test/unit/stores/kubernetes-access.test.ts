import { describe, expect, test } from 'vitest';
import type { KubeApi } from '../../../src/runtime/kube/kube-api.ts';
import { assertSecretAccess } from '../../../src/stores/kubernetes/access-check.ts';

interface Rule {
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly resources?: readonly string[];
}

interface Asked {
  kind: string;
  spec: { resourceAttributes?: { verb: string } };
}

/** An API server that grants this; and what it was asked. */
function granting(rules: readonly Rule[]) {
  const asked: string[] = [];
  const isOfSecrets = ({ resources = ['secrets'] }: Rule) => resources.includes('secrets');
  const create = async (_resource: unknown, _namespace: unknown, body: object) => {
    const { kind, spec } = body as Asked;
    asked.push(kind);
    const resourceRules = rules.map((rule) => ({ apiGroups: [''], resources: ['secrets'], ...rule }));
    const verb = spec.resourceAttributes?.verb ?? '';
    const allowed = rules.some((rule) => isOfSecrets(rule) && !rule.resourceNames && rule.verbs.includes(verb));
    return { ...body, status: verb === '' ? { resourceRules, incomplete: true } : { allowed } };
  };
  return { api: { create } as Pick<KubeApi, 'create'>, asked };
}

const ALL = { verbs: ['get', 'create', 'patch'] };
const CREATE = { verbs: ['create'] };
const named = (verbs: readonly string[], ...resourceNames: string[]) => ({ verbs, resourceNames });
const BOTH = ['get', 'patch'];
const ROLE =
  'name its targets in rbac.targets of the chart, or set rbac.secretTargets; without the chart bind a Role with create for all Secrets of the namespace, since that takes no names, and get and patch for all or by resourceNames';
const pair = 'let the Role name apio and apio-previous, which keeps what is replaced in it, with get and patch each';

describe('whether the operator may write Secrets of a namespace', () => {
  const rows: readonly [string, readonly Rule[], string | undefined][] = [
    ['all of them', [ALL], undefined],
    ['those that a Role names', [CREATE, named(BOTH, 'apio', 'apio-previous')], undefined],
    ['others may be read besides', [CREATE, named(['get'], 'vault'), named(BOTH, 'apio', 'apio-previous')], undefined],
    [
      'by rules for a verb each',
      [CREATE, named(['get'], 'apio', 'apio-previous'), named(['patch'], 'apio', 'apio-previous')],
      undefined,
    ],
    [
      'reading all, and writing by name',
      [{ verbs: ['get', 'create'] }, named(['patch'], 'apio', 'apio-previous')],
      undefined,
    ],
    ['none', [], `get, create, patch Secrets in namespace team: ${ROLE}`],
    [
      'named ones, without create',
      [named(['*'], 'apio', 'apio-previous')],
      `get, create, patch Secrets in namespace team: ${ROLE}`,
    ],
    ['create alone', [CREATE], `get, patch Secrets in namespace team: ${ROLE}`],
    ['read by name alone', [CREATE, named(['get'], 'vault')], `get, patch Secrets in namespace team: ${ROLE}`],
    [
      'config maps by that name',
      [CREATE, { ...named(BOTH, 'apio'), resources: ['configmaps'] }],
      `get, patch Secrets in namespace team: ${ROLE}`,
    ],
    [
      'without the one for what is replaced',
      [CREATE, named(BOTH, 'apio')],
      `get Secret apio-previous in namespace team: ${pair}`,
    ],
    [
      'which may not be patched',
      [CREATE, named(['get'], 'apio', 'apio-previous'), named(['patch'], 'apio')],
      `patch Secret apio-previous in namespace team: ${pair}`,
    ],
  ];
  test.each(rows)('%s', async (_what, rules, lacking) => {
    const told = await assertSecretAccess(granting(rules).api, 'team').then(
      () => undefined,
      (error: Error) => error.message,
    );
    expect(told).toBe(lacking && `the operator may not ${lacking}`);
  });

  test('takes three questions where all Secrets may be written, and one more where names are to be seen', async () => {
    const [all, few] = [granting([ALL]), granting([CREATE, named(BOTH, 'apio', 'apio-previous')])];
    await assertSecretAccess(all.api, 'team');
    await assertSecretAccess(few.api, 'team');
    expect([all.asked, few.asked].map((asked) => asked.length)).toEqual([3, 4]);
  });
});
