import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { KubeEngine } from '../../../sandbox/kube/engine/engine.ts';
import { applyManifests } from '../../../sandbox/kube/engine/manifests.ts';
import { startKubeServer } from '../../../sandbox/kube/front/server.ts';
import { callPlugin, type Printed } from './call-plugin.ts';
import { healthyCluster, renewLease, setCondition } from './healthy-cluster.ts';

const CHART = join(import.meta.dirname, '../../../charts/apikey-rotation-operator');
const now = Date.UTC(2030, 0, 1);

/** What the doctor says in a cluster that was healthy before `spoil`. */
async function examined(
  spoil: (kube: KubeEngine) => void,
  words = 'doctor',
  { ownClock = now, account }: { ownClock?: number; account?: string } = {},
): Promise<Printed> {
  const kube = healthyCluster(() => now);
  spoil(kube);
  const server = await startKubeServer({ engine: kube });
  const token = account && tokenOf(kube, account);
  const printed = await callPlugin(server, words, { now: () => ownClock, ...(token && { token }) });
  await server.close();
  return printed;
}

function tokenOf(kube: KubeEngine, name: string): string {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
  const { status } = kube.createToken({ namespace: 'payments', name }, body) as { status?: { token?: string } };
  return status?.token ?? '';
}

const remove = (resource: string, name: string, namespace?: string) => (kube: KubeEngine) =>
  void kube.delete({ resource, name, ...(namespace && { namespace }) });

const ours = (plural: string, name: string) => remove(`${plural}.apikeyrotation.io`, name, 'payments');
const policies = 'validatingadmissionpolicies.admissionregistration.k8s.io';
const bindings = 'validatingadmissionpolicybindings.admissionregistration.k8s.io';
const crd = (plural: string) => remove('customresourcedefinitions.apiextensions.k8s.io', `${plural}.apikeyrotation.io`);

/** Lets an account do this with rotations. */
const allow = (verbs: string) => (kube: KubeEngine) =>
  void applyManifests(
    kube,
    `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: some, namespace: payments}
rules:
- {apiGroups: [apikeyrotation.io], resources: [apikeyrotations], verbs: [${verbs}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: some, namespace: payments}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: some}
subjects: [{kind: ServiceAccount, name: api, namespace: payments}]
`,
  );

describe('kubectl apikey doctor', () => {
  test('finds nothing where nothing is wrong', async () => {
    const { code, out, err } = await examined(() => {});
    expect([code, err, out.split('\n').filter((line) => line && !line.startsWith('✓'))]).toEqual([0, '', []]);
    expect(out.match(/^✓ \w+/gm)).toEqual(
      [
        'kinds',
        'clock',
        'access',
        'operator',
        'policies',
        'policies',
        'policies',
        'policies',
        'policies',
        'rights',
        'references',
        'references',
        'consumers',
        'rotations',
      ].map((check) => `✓ ${check}`),
    );
  });

  test.each<[string, (kube: KubeEngine) => void, string, string]>([
    [
      'a kind that is missing',
      crd('migrationreports'),
      '✗ kinds       CustomResourceDefinitions: the cluster does not know MigrationReport',
      'kubectl apply -f crds/',
    ],
    [
      'no kind at all',
      (kube) => {
        for (const plural of ['apikeyrotations', 'apikeyissuers']) crd(plural)(kube);
      },
      'does not know ApiKeyRotation, ApiKeyIssuer',
      'kubectl apply -f crds/',
    ],
    [
      'no operator',
      remove('leases.coordination.k8s.io', 'apikey-rotation-operator', 'apikey-rotation'),
      '✗ operator    Lease apikey-rotation-operator: there is none: no operator runs',
      'install or start it',
    ],
    [
      'an operator that gave its lease back',
      (kube) => renewLease(kube, now, ''),
      'nobody holds it: no operator runs',
      'install or start it',
    ],
    [
      'no operator beside a lease that is left over',
      (kube) => {
        remove('deployments.apps', 'operator', 'apikey-rotation')(kube);
        renewLease(kube, now - 120_000);
      },
      '✗ operator    Lease apikey-rotation-operator: there is no other: no operator runs',
      'install or start it',
    ],
    [
      'an operator that is down',
      (kube) => renewLease(kube, now - 120_000),
      'operator-0 renewed it last at 2029-12-31 23:58:00Z, 2m ago: it is down, or its clock is behind',
      'kubectl -n apikey-rotation get pods',
    ],
    [
      'an operator whose clock is ahead',
      (kube) => renewLease(kube, now + 60_000),
      "the clock of operator-0 is 1m ahead of the API server's",
      'NTP',
    ],
    [
      'a policy that is missing',
      remove(policies, 'apikeyrotation-requests'),
      '✗ policies    ValidatingAdmissionPolicy apikeyrotation-requests: it is not there',
      'kubectl apply -f config/request-policy.yaml',
    ],
    [
      'a policy that nothing binds',
      remove(bindings, 'apikeyrotation-reports'),
      'apikeyrotation-reports: no binding of that name makes it deny',
      'kubectl apply -f config/report-policy.yaml',
    ],
    [
      'a policy that only warns',
      (kube) =>
        void kube.patch(
          { resource: bindings, name: 'apikeyrotation-deliveries' },
          { type: 'merge', body: { spec: { validationActions: ['Warn'] } } },
        ),
      'apikeyrotation-deliveries: no binding',
      'config/delivery-policy.yaml',
    ],
    [
      'a policy for reports that the operator does not accept',
      (kube) =>
        void kube.patch(
          { resource: policies, name: 'apikeyrotation-reports' },
          { type: 'merge', body: { spec: { failurePolicy: 'Ignore' } } },
        ),
      'apikeyrotation-reports: the operator does not accept it, and counts no approval: ValidatingAdmissionPolicy apikeyrotation-reports was changed',
      'helm upgrade with policies.reports=true',
    ],
    [
      'a policy for reports that names the account of another namespace',
      (kube) => {
        remove('leases.coordination.k8s.io', 'apikey-rotation-operator', 'apikey-rotation')(kube);
        renewLease(kube, now, 'operator-0', 'payments');
      },
      'apikeyrotation-reports: it lets system:serviceaccount:apikey-rotation:apikey-rotation-operator write reports, and the operator runs in namespace payments',
      "after you have corrected the operator's account in it",
    ],
    ...['secrets', 'tokens'].map((about): [string, (kube: KubeEngine) => void, string, string] => [
      `a policy for ${about} that bounds another account`,
      (kube) => {
        const name = `apikeyrotation-${about}`;
        const expression = "request.userInfo.username == 'system:serviceaccount:apikey-rotation:former'";
        const body = { spec: { matchConditions: [{ name: 'is-operator', expression }] } };
        kube.patch({ resource: policies, name }, { type: 'merge', body });
      },
      `✗ policies    ValidatingAdmissionPolicy apikeyrotation-${about}: it bounds system:serviceaccount:apikey-rotation:former, and the policy for reports names system:serviceaccount:apikey-rotation:apikey-rotation-operator as the operator: whoever steals`,
      `helm upgrade with policies.${about}=true; else kubectl apply -f config/${about.slice(0, -1)}-policy.yaml, after you have corrected`,
    ]),
    ...['secrets', 'tokens'].map((about): [string, (kube: KubeEngine) => void, string, string] => [
      `a policy for ${about} that bounds the account of another namespace`,
      (kube) => {
        remove('leases.coordination.k8s.io', 'apikey-rotation-operator', 'apikey-rotation')(kube);
        renewLease(kube, now, 'operator-0', 'payments');
      },
      `apikeyrotation-${about}: it bounds system:serviceaccount:apikey-rotation:apikey-rotation-operator, and the operator runs in namespace payments: whoever steals`,
      "after you have corrected the operator's account in it",
    ]),
    [
      'an operator without rights',
      remove('rolebindings.rbac.authorization.k8s.io', 'operator', 'payments'),
      'the operator may not watch apikeyrotations, update apikeyrotations/status, watch apikeyissuers, watch keystores, create migrationreports, list pods, get secrets apio',
      'docs/operator-rights.md',
    ],
    [
      'a namespace that has lent the operator nothing',
      (kube) => {
        remove('rolebindings.rbac.authorization.k8s.io', 'operator', 'payments')(kube);
        applyManifests(kube, OF_WHOLE_CLUSTER);
      },
      'the operator may not list pods, get secrets apio, create secrets, get secrets payments-apio, patch secrets payments-apio, get secrets payments-apio-previous',
      'kubectl -n payments create rolebinding keys --clusterrole=keys-namespace --serviceaccount=apikey-rotation:apikey-rotation-operator',
    ],
    [
      'a Secret that the operator may not write',
      (kube) => void applyManifests(kube, roleOf('')),
      'may not create secrets, get secrets payments-apio, patch secrets payments-apio, get secrets payments-apio-previous, patch secrets payments-apio-previous',
      'helm upgrade with payments-apio in rbac.targets (or rbac.secretTargets=true); else docs/',
    ],
    [
      'an account that the operator may not log in as',
      (kube) => {
        const jwt = { role: 'payments', serviceAccountName: 'writer' };
        const vault = { url: 'https://vault.example', mount: 'secret', auth: { type: 'JWT', jwt } };
        ours('keystores', 'secrets')(kube);
        applyManifests(kube, JSON.stringify({ ...VAULT, spec: { type: 'Vault', vault } }));
      },
      'the operator may not create serviceaccounts/token writer',
      'helm upgrade with rbac.logins naming writer; else docs/',
    ],
    [
      'certificates that the operator may not read',
      (kube) => {
        const auth = { type: 'Token', token: { secretRef: { name: 'apio', key: 'token' } } };
        const caRef = { kind: 'ConfigMap', name: 'authority', key: 'ca.crt' };
        const vault = { url: 'https://vault.example', mount: 'secret', auth, caRef };
        ours('keystores', 'secrets')(kube);
        applyManifests(kube, JSON.stringify({ ...VAULT, spec: { type: 'Vault', vault } }));
      },
      'the operator may not get configmaps authority',
      'helm upgrade with rbac.certificates naming authority; else docs/',
    ],
    [
      'people whose keys the operator may not take',
      (kube) => {
        ours('apikeyissuers', 'apio')(kube);
        applyManifests(kube, PEOPLE);
      },
      'the operator may not get secrets apio-support-register, update secrets apio-support-register, get secrets apio-delivered-key, delete secrets apio-delivered-key',
      'helm upgrade with rbac.support.issuers naming apio, rbac.support.rotations naming apio; else docs/',
    ],
    [
      'a workload that the operator may not restart',
      (kube) => {
        consumersOf(kube, RESTARTED);
        applyManifests(kube, roleOf(`${WRITES}\n- {apiGroups: [apps], resources: [deployments], verbs: [get]}`));
      },
      'the operator may not patch deployments web',
      'helm upgrade with rbac.restart=true (and web in rbac.workloads, where that names any); else docs/',
    ],
    [
      'a workload and a copy of the key that the operator may not look at',
      (kube) => consumersOf(kube, [{ ...RESTARTED[0], action: 'Watch', secretRef: { name: 'copy', key: 'key' } }]),
      'the operator may not get deployments web, get secrets copy',
      'helm upgrade with rbac.rollouts=true (and web in rbac.workloads, where that names any), rbac.credentials naming copy; else docs/',
    ],
    [
      'a credential that the operator may not read',
      (kube) =>
        void kube.patch(
          { resource: 'apikeyissuers.apikeyrotation.io', namespace: 'payments', name: 'apio' },
          {
            type: 'merge',
            body: {
              spec: {
                apio: {
                  environments: [
                    {
                      name: 'Live',
                      url: 'https://apio.example',
                      credentials: { secretRef: { name: 'other', key: 'k' } },
                    },
                  ],
                },
              },
            },
          },
        ),
      '✗ rights      apikey-rotation:apikey-rotation-operator, in namespace payments: the operator may not get secrets other',
      'rbac.credentials',
    ],
    [
      'an issuer that is missing',
      ours('apikeyissuers', 'apio'),
      '✗ references  ApiKeyIssuer payments/apio: a rotation names it, and it is not there',
      'kubectl -n payments get apikeyissuers',
    ],
    [
      'a store that nobody has looked at',
      (kube) => setCondition(kube, 'keystores', 'secrets', { type: 'Other', status: 'True', reason: 'X', message: '' }),
      'KeyStore payments/secrets: no operator has looked at it',
      'see the check of the operator',
    ],
    [
      'an issuer that is not ready',
      (kube) =>
        setCondition(kube, 'apikeyissuers', 'apio', {
          type: 'Ready',
          status: 'False',
          reason: 'CredentialNotFound',
          message: 'there is no Secret apio',
        }),
      'ApiKeyIssuer payments/apio: CredentialNotFound: there is no Secret apio',
      'Correct the Secret',
    ],
    [
      'a consumer whose account is missing',
      remove('serviceaccounts', 'api', 'payments'),
      '✗ consumers   consumer api of apio: there is no ServiceAccount api',
      'kubectl -n payments create serviceaccount api',
    ],
    [
      'a consumer without pods',
      remove('pods', 'api-0', 'payments'),
      'no live pod of ServiceAccount api with its labels',
      'whenNoPods',
    ],
    [
      'a pod without a token',
      (kube) => void applyManifests(kube, POD_WITHOUT),
      'no token for audience apikeyrotation.io is mounted in api-1: they cannot report',
      'kubectl apikey scaffold apio -n payments --consumer api',
    ],
    [
      'a rotation that nobody has looked at',
      (kube) => {
        ours('apikeyrotations', 'apio')(kube);
        applyManifests(kube, UNSEEN);
      },
      '✗ rotations   ApiKeyRotation payments/apio: no operator has looked at it',
      'see the check of the operator',
    ],
    [
      'a spec that nobody has looked at',
      (kube) =>
        void kube.patch(
          { resource: 'apikeyrotations.apikeyrotation.io', namespace: 'payments', name: 'apio' },
          { type: 'merge', body: { spec: { suspend: true } } },
        ),
      'the operator has seen generation 1 of it, not 2',
      'look again',
    ],
    [
      'a rotation that needs a person',
      (kube) =>
        setCondition(kube, 'apikeyrotations', 'apio', {
          type: 'Stalled',
          status: 'True',
          reason: 'Held',
          message: 'the deadline passed',
        }),
      'Held: the deadline passed',
      'kubectl apikey explain-wait apio -n payments',
    ],
  ])('finds %s, and says what to do', async (_name, spoil, text, remedy) => {
    const { code, out } = await examined(spoil);
    const at = out.split('\n').findIndex((line) => line.startsWith('✗') && line.includes(text));
    expect([code, out]).toEqual([5, expect.stringContaining(text)]);
    expect(out.split('\n')[at + 1]).toContain(remedy);
  });

  test('lends by the command of the NOTES of the chart, with the role of the release that has the account', async () => {
    const { out } = await examined((kube) => {
      remove('rolebindings.rbac.authorization.k8s.io', 'operator', 'payments')(kube);
      for (const name of ['keys', 'apikey-rotation-operator', 'other'])
        applyManifests(kube, OF_WHOLE_CLUSTER.replaceAll('keys', name));
    });
    const notes = readFileSync(join(CHART, 'templates/NOTES.txt'), 'utf8');
    const [command = ''] = /kubectl -n <namespace> create rolebinding(.*\\\n)*.*/.exec(notes) ?? [];
    const told = command
      .replaceAll(/\\\n\s*/g, '')
      .replaceAll('<namespace>', 'payments')
      .replaceAll('{{ .Release.Namespace }}', 'apikey-rotation')
      .replaceAll(/\{\{[^}]*\}\}/g, 'apikey-rotation-operator');
    expect(out).toContain(`→ ${told}\n`);
    expect(told).toContain('--serviceaccount');
  });

  test('names the command that removes the lease of a release that is uninstalled, which is no fault', async () => {
    const { code, out } = await examined((kube) => {
      applyManifests(kube, '{apiVersion: v1, kind: Namespace, metadata: {name: former}}');
      renewLease(kube, now - 120_000, '', 'former');
    });
    expect(out).toContain(
      'i operator    Lease former/apikey-rotation-operator: nobody renews it, and namespace former has no Deployment of the chart',
    );
    expect(out).toContain('→ kubectl -n former delete lease apikey-rotation-operator\n');
    expect(code).toBe(0);
  });

  test('names what either takes where whoever asks may not see whether the release is there', async () => {
    const { out } = await examined(
      (kube) => {
        applyManifests(kube, READS_LEASES);
        renewLease(kube, now - 120_000);
      },
      'doctor',
      { account: 'api' },
    );
    expect(out).toMatch(/^✗ operator .* it is down, or its clock is behind\n/m);
    expect(out).toContain(
      '→ kubectl -n apikey-rotation get pods; of a release that is uninstalled: kubectl -n apikey-rotation delete lease apikey-rotation-operator\n',
    );
  });

  test('looks at one namespace, and says so', async () => {
    expect(await examined(() => {}, 'doctor -A')).toMatchObject({ code: 2, err: expect.stringContaining('by -n') });
  });

  test('looks for tokens of the audience that it is told', async () => {
    const { out } = await examined(() => {}, 'doctor --audience reports.example');
    expect(out).toContain('no token for audience reports.example is mounted in api-0');
    expect(out).toContain('scaffold apio -n payments --consumer api --audience reports.example');
  });

  test('finds that the clock of this machine is wrong', async () => {
    const { code, out } = await examined(() => {}, 'doctor', { ownClock: now - 3_600_000 });
    expect([code, out]).toEqual([
      5,
      expect.stringContaining('✗ clock       this machine: its clock is 1h behind that of the API server\n'),
    ]);
  });

  test('tells what whoever asks may not do, and may not look at', async () => {
    const reader = await examined(allow('get, list, watch, rollback'), 'doctor apio', { account: 'api' });
    expect(reader.out).toContain(
      'i access      you, in namespace payments: you may not patch (rotate, suspend, resume), emergency (rotate --emergency), approve (approve)',
    );
    expect(reader.out).toMatch(/^\? operator {4}Lease: you may not list it\n.*--operator-namespace$/m);
    expect(reader.out).toMatch(/^\? policies /m);
    expect(reader.code).toBe(1);
    const stranger = await examined(() => {}, 'doctor', { account: 'api' });
    expect([stranger.code, stranger.out]).toEqual([
      5,
      expect.stringContaining('✗ access      you, in namespace payments: you may not get, list, watch rotations'),
    ]);
  });

  test('whoever may read and not patch is refused by RBAC, by name and with its code', async () => {
    const { code, err } = await examined(allow('get, list, watch'), 'suspend apio', { account: 'api' });
    expect([code, err]).toEqual([
      3,
      expect.stringMatching(/^error: PATCH ApiKeyRotation payments\/apio: .* cannot patch /),
    ]);
  });

  test('-o json gives the findings as a document', async () => {
    const { out } = await examined(remove('pods', 'api-0', 'payments'), 'doctor apio -o json');
    expect(JSON.parse(out)).toContainEqual({
      check: 'consumers',
      state: 'Fault',
      about: 'consumer api of apio',
      message: expect.any(String),
      remedy: expect.any(String),
    });
  });
});

/** What the operator has in a namespace without any of its Secrets that are targets. */
const roleOf = (more: string) => `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: operator, namespace: payments}
rules:
- {apiGroups: [apikeyrotation.io], resources: ["*"], verbs: ["*"]}
- {apiGroups: [""], resources: [pods], verbs: [get, list]}
- {apiGroups: [""], resources: [secrets], resourceNames: [apio], verbs: [get]}
${more}
`;
const WRITES = '- {apiGroups: [""], resources: [secrets], verbs: [get, create, patch]}';

/** As the chart makes it for an operator of the whole cluster, under a name of its own. */
const OF_WHOLE_CLUSTER = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: keys-namespace, labels: {app.kubernetes.io/name: apikey-rotation-operator}}
rules: [{apiGroups: [""], resources: [pods], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: keys, labels: {app.kubernetes.io/name: apikey-rotation-operator}}
rules: [{apiGroups: [apikeyrotation.io], resources: ["*"], verbs: ["*"]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: keys}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: keys}
subjects: [{kind: ServiceAccount, name: apikey-rotation-operator, namespace: apikey-rotation}]
`;

const READS_LEASES = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: leases}
rules: [{apiGroups: [coordination.k8s.io], resources: [leases], verbs: [list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: leases}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: leases}
subjects: [{kind: ServiceAccount, name: api, namespace: payments}]
`;

const VAULT = {
  apiVersion: 'apikeyrotation.io/v1alpha1',
  kind: 'KeyStore',
  metadata: { name: 'secrets', namespace: 'payments' },
};

const PEOPLE = `
apiVersion: apikeyrotation.io/v1alpha1
kind: ApiKeyIssuer
metadata: {name: apio, namespace: payments}
spec: {type: Support, support: {environments: [{name: Live}], expectedWithin: 48h}}
`;

const RESTARTED = [{ workloadRef: { kind: 'Deployment', name: 'web' }, action: 'Restart' }];

/** Lets the rotation wait for workloads. */
function consumersOf(kube: KubeEngine, rollouts: readonly object[]): void {
  const consumers = rollouts.map((rollout) => ({ name: 'web', evidence: [{ type: 'Rollout', rollout }] }));
  const key = { resource: 'apikeyrotations.apikeyrotation.io', namespace: 'payments', name: 'apio' };
  kube.patch(key, { type: 'merge', body: JSON.parse(JSON.stringify({ spec: { consumers } })) });
}

const POD_WITHOUT = `
apiVersion: v1
kind: Pod
metadata: {name: api-1, namespace: payments}
spec: {serviceAccountName: api, containers: [{name: app, image: app}]}
status: {phase: Running}
`;

const UNSEEN = `
apiVersion: apikeyrotation.io/v1alpha1
kind: ApiKeyRotation
metadata: {name: apio, namespace: payments}
spec:
  issuerRef: {name: apio}
  key: {environment: Live, organization: acme, permissions: ["payments:read"]}
  targets: [{name: secret, storeRef: {name: secrets}, path: payments-apio}]
  withoutEvidence: {overlap: 1h}
`;
