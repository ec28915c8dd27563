import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { documentedBlocks } from '../../integration/documented-roles.ts';

const SECURITY = join(import.meta.dirname, '../../../docs/security.md');

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

interface Role {
  readonly kind: string;
  readonly rules?: readonly Rule[];
}

const roles: readonly Role[] = documentedBlocks.flatMap((block) =>
  parseAllDocuments(block).map((document) => document.toJS()),
);
const rulesOf = (kind: string) => roles.filter((role) => role.kind === kind).flatMap(({ rules = [] }) => rules);
const namespaced = rulesOf('Role');
const clusterWide = rulesOf('ClusterRole');
const all = [...namespaced, ...clusterWide];
const about = (resource: string, rules: readonly Rule[]) =>
  rules.filter(({ resources }) => resources.includes(resource));

describe('the Roles of docs/operator-rights.md', () => {
  it('reach no Secret, pod or account in the whole cluster', () => {
    expect(clusterWide.length).toBeGreaterThan(0);
    for (const resource of ['secrets', 'pods', 'serviceaccounts', 'serviceaccounts/token', 'configmaps'])
      expect(about(resource, clusterWide)).toEqual([]);
  });

  it('list and watch no Secret anywhere', () => {
    expect(about('secrets', namespaced).length).toBeGreaterThan(0);
    for (const { verbs } of about('secrets', namespaced))
      expect(verbs.filter((verb) => ['list', 'watch'].includes(verb))).toEqual([]);
  });

  it('make tokens of named accounts only', () => {
    expect(about('serviceaccounts/token', namespaced).length).toBeGreaterThan(0);
    for (const { resourceNames = [] } of about('serviceaccounts/token', all)) expect(resourceNames).not.toEqual([]);
  });

  it('let reports be written as docs/security.md says, and no further', () => {
    const verbs = new Set(about('migrationreports', namespaced).flatMap((rule) => rule.verbs));
    expect(verbs.size).toBeGreaterThan(0);
    const said = [...verbs].map((verb) => `\`${verb}\``).join(', ');
    expect(readFileSync(SECURITY, 'utf8')).toContain(`${said} on MigrationReports |`);
  });

  it('give no right to take more rights, and no wildcard', () => {
    const words = all.flatMap(({ apiGroups, resources, verbs }) => [...apiGroups, ...resources, ...verbs]);
    for (const word of ['*', 'escalate', 'bind', 'impersonate', 'approve', 'deletecollection'])
      expect(words).not.toContain(word);
    expect(words.filter((word) => /^(roles|clusterroles|rolebindings|clusterrolebindings)$/.test(word))).toEqual([]);
  });

  it('write nothing that decides who may write what', () => {
    const guards = all.filter(({ apiGroups }) =>
      apiGroups.some((group) => /^(admissionregistration|apiextensions|rbac\.authorization)\.k8s\.io$/.test(group)),
    );
    expect(guards.flatMap(({ verbs }) => verbs)).toEqual(['get']);
  });
});
