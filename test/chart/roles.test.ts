import { beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import type { ClusterObject } from '../e2e/world/cluster.ts';
import { documentedBlocks, OPERATOR, supportRole } from '../integration/documented-roles.ts';
import { documentedText } from '../integration/documents/block.ts';
import { redundantIn } from './rights/compare.ts';
import { type Binding, grantedTo, type Permission } from './rights/granted.ts';
import { type Manifest, manifestOf } from './values/manifest.ts';
import { TOGETHER } from './values/together.ts';

const NAMESPACED = {
  installation: 'charted',
  rbac: {
    namespaces: ['team'],
    clusterRole: false,
    logins: ['vault-writer'],
    secretTargets: true,
    restart: true,
    support: { issuers: ['people'], rotations: ['asked'] },
  },
};

let asItComes: Manifest;
let everything: Manifest;
let namespaced: Manifest;
beforeAll(async () => {
  asItComes = await manifestOf();
  everything = await manifestOf(TOGETHER);
  namespaced = await manifestOf(NAMESPACED);
});

const operator = ({ objects }: Manifest) => grantedTo(OPERATOR, objects);
const inWords = ({ verb, group, resource }: Permission) =>
  `${verb} ${group === '' ? resource : `${resource}.${group}`}`;

/** What the ClusterRoles that are not the operator's would give to whom they are bound. */
function rolesForPeople({ objects }: Manifest): readonly Permission[] {
  const roles = objects.filter(({ kind, metadata: { name } }) => kind === 'ClusterRole' && !OF_OPERATOR.includes(name));
  return grantedTo(OPERATOR, [...roles, ...roles.map(({ metadata: { name } }) => bindingOf(name))]);
}

const OF_OPERATOR = [OPERATOR.name, `${OPERATOR.name}-namespace`];
const bindingOf = (name: string): Binding => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name },
  roleRef: { kind: 'ClusterRole', name },
  subjects: [{ kind: 'ServiceAccount', ...OPERATOR }],
});

describe('the roles of the chart', () => {
  test('reach in the whole cluster nothing but our kinds, events, token reviews and what names the installation', () => {
    const everywhere = operator(everything).filter(({ namespaces }) => namespaces === undefined);
    const notOurs = everywhere.filter(({ group }) => group !== 'apikeyrotation.io');
    expect([...new Set(notOurs.map(inWords))].sort()).toEqual([
      'create events',
      'create tokenreviews.authentication.k8s.io',
      'get validatingadmissionpolicies.admissionregistration.k8s.io',
      'get validatingadmissionpolicybindings.admissionregistration.k8s.io',
      'patch events',
    ]);
  });

  test('give all that the pages say that the operator needs', () => {
    const documented = [...documentedBlocks, supportRole('payments')].flatMap((block) => parseAllDocuments(block));
    const objects = documented.map((document) => document.toJS() as ClusterObject);
    const given = new Set([asItComes, everything, namespaced].flatMap(operator).map(inWords));
    expect(
      grantedTo(OPERATOR, objects)
        .map(inWords)
        .filter((words) => !given.has(words)),
    ).toEqual([]);
    expect(given.size).toBeGreaterThan(40);
  });

  test('bind the operator to Roles of its namespaces alone where it shall have no ClusterRole', () => {
    const places = operator(namespaced).map(({ role, namespaces }) => `${role.split(' ')[0]} in ${namespaces}`);
    expect(new Set(places)).toEqual(new Set([`Role in ${OPERATOR.namespace}`, 'Role in team']));
  });

  test('are in namespaces alone, as all else is, with the values of the README for who has no rights on more', async () => {
    const values = documentedText('charts/apikey-rotation-operator/README.md “What it may” yaml 1');
    const { objects } = await manifestOf(parse(values));
    expect(objects.filter(({ metadata: { namespace } }) => namespace === undefined)).toEqual([]);
    expect(new Set(objects.map(({ metadata: { namespace } }) => namespace))).toEqual(
      new Set([OPERATOR.namespace, 'payments']),
    );
  });

  test.each([
    { secretTargets: true },
    { targets: ['key'] },
    { credentials: ['apio'], targets: ['key'] },
    { credentials: ['apio'] },
  ])('give nothing twice, with the Secrets of rbac %j', async (secrets) => {
    for (const support of [{}, NAMESPACED.rbac.support]) {
      const { rbac, ...rest } = NAMESPACED;
      const manifest = await manifestOf({ ...rest, rbac: { ...rbac, secretTargets: false, support, ...secrets } });
      expect(redundantIn(operator(manifest))).toEqual([]);
    }
  });

  test.each(['escalate', 'bind', 'impersonate', '*', 'deletecollection', 'approve', 'emergency'])(
    'never let the operator %s',
    (verb) => {
      expect(
        [...operator(everything), ...operator(namespaced)].filter((permission) => permission.verb === verb),
      ).toEqual([]);
    },
  );

  test('let nobody write reports but those who approve, and nobody see more of others than our kinds', () => {
    const people = rolesForPeople(everything);
    const writes = people.filter(({ resource, verb }) => resource === 'migrationreports' && !isLook(verb));
    expect(new Set(writes.map(({ role, verb }) => `${role} ${verb}`))).toEqual(
      new Set(['ClusterRole apikeyrotation-approvers create']),
    );
    expect(people.filter(({ group }) => group !== 'apikeyrotation.io')).toEqual([]);
    expect(people.length).toBeGreaterThan(20);
  });

  test('let editors write rotations, and admins issuers and stores besides; nobody status, or what a verb of its own is for', () => {
    const writes = rolesForPeople(asItComes).filter(
      ({ verb, role }) => !isLook(verb) && /-(view|edit|admin)$/.test(role),
    );
    const resources = (role: string) =>
      new Set(writes.filter((permission) => permission.role.endsWith(role)).map(({ resource }) => resource));
    expect(resources('-view')).toEqual(new Set());
    expect(resources('-edit')).toEqual(new Set(['apikeyrotations']));
    expect(resources('-admin')).toEqual(new Set(['apikeyissuers', 'keystores']));
    expect(new Set(writes.map(({ verb }) => verb))).toEqual(
      new Set(['create', 'update', 'patch', 'delete', 'deletecollection']),
    );
  });
});

const isLook = (verb: string) => ['get', 'list', 'watch'].includes(verb);
