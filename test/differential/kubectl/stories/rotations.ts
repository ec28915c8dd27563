import type { Story } from '../story.ts';

const rotation = `
apiVersion: apikeyrotation.io/v1alpha1
kind: ApiKeyRotation
metadata:
  name: pay
  labels: {team: payments}
spec:
  issuerRef: {name: apio}
  key: {environment: Live, permissions: ['payments:read']}
  targets:
  - {name: vault, storeRef: {name: vault}, path: payments/apio}
  - {name: copy, storeRef: {name: vault}, path: payments/copy}
  withoutEvidence: {overlap: 24h}
`;
const otherTarget = rotation.replace(/ {2}- \{name: copy.*\n/, '').replace('24h', '12h');
const ready = JSON.stringify({
  status: {
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: 'KeyPublished',
        message: 'fine',
        lastTransitionTime: '2026-01-02T03:04:05Z',
      },
    ],
  },
});

/** Our definitions are installed first; all other stories need them. */
export const installing: Story = {
  name: 'installing',
  commands: [
    'apply -f crds',
    'wait --for=condition=Established crd --all --timeout=30s',
    'get crd -o name',
    { run: 'get crd apikeyrotations.apikeyrotation.io', only: /^(NAME|apikeyrotations)/ },
    'api-resources --api-group=apikeyrotation.io',
    'api-resources --api-group=apikeyrotation.io -o wide',
    'api-resources --categories=apikeys -o name',
    {
      run: 'api-resources --namespaced=true',
      only: /^(NAME|configmaps|events +ev +v1|pods +po|secrets|serviceaccounts|deployments|leases|roles|rolebindings|apikey)/,
    },
    { run: 'api-versions', only: /^(v1|apps|coordination|apiextensions|rbac|apikeyrotation)/ },
    { run: 'version', only: /Version/ },
    'get --raw /apis/apikeyrotation.io',
    'get --raw /apis/coordination.k8s.io/v1',
    'get nosuchthings',
  ],
};

/** What people do with a rotation. */
export const rotations: Story = {
  name: 'rotations',
  commands: [
    { run: 'apply -f -', input: rotation },
    { run: 'apply -f -', input: rotation },
    'get akr',
    'get akr pay -o wide',
    'get akr -o yaml',
    'get apikeyrotations.apikeyrotation.io pay -o json',
    'get akr pay -o name',
    `get akr pay -o jsonpath='{.spec.targets[*].name}{"\\n"}'`,
    'get akr -o custom-columns=NAME:.metadata.name,OVERLAP:.spec.withoutEvidence.overlap',
    'get akr pay --show-labels',
    'get akr -A -l team=payments -L team',
    'get akr -l team!=payments',
    'get akr --field-selector metadata.name=pay -o name',
    'get akr --field-selector spec.suspend=true',
    'get apikeys',
    'describe akr pay',
    { run: 'diff -f -', input: otherTarget },
    { run: 'apply -f - --dry-run=server', input: otherTarget },
    { run: 'apply -f - --dry-run=client', input: otherTarget },
    { run: 'apply -f -', input: otherTarget },
    'get akr pay -o yaml',
    { run: 'edit akr pay', editor: 'sed -i s/12h/6h/' },
    { run: 'edit akr pay', editor: 'true' },
    `patch akr pay --type=merge -p '{"spec":{"suspend":true}}'`,
    `patch akr pay --type=merge -p '{"spec":{"suspend":true}}'`,
    `patch akr pay --type=json -p '[{"op":"replace","path":"/spec/suspend","value":false}]'`,
    `patch akr pay --type=json -p '[{"op":"replace","path":"/spec/nope/deeper","value":1}]'`,
    `patch akr pay --type=json -p '[{"op":"test","path":"/spec/suspend","value":true}]'`,
    `patch akr pay --type=strategic -p '{"spec":{"suspend":true}}'`,
    `patch akr pay --type=merge -p '{"spec":{"key":{"environment":"Test"}}}'`,
    `patch akr pay --subresource=status --type=merge -p '${ready}'`,
    'get akr pay --subresource=status -o yaml',
    'get akr pay',
    'wait akr pay --for=condition=Ready --timeout=10s',
    `wait akr pay --for=jsonpath='{.spec.withoutEvidence.overlap}'=6h --timeout=10s`,
    'label akr pay tier=gold',
    'label akr pay tier=silver',
    'label akr pay tier=silver --overwrite',
    'label akr pay tier-',
    'annotate akr pay apikeyrotation.io/rotate=now',
    'annotate akr pay apikeyrotation.io/rotate-',
    { run: 'replace -f -', input: rotation },
    { run: 'create -f -', input: rotation },
    {
      run: 'get akr pay -w',
      watch: {
        rows: 2,
        meanwhile: [`patch akr pay --subresource=status --type=merge -p '{"status":{"consumersSummary":"1/2"}}'`],
        until: 3,
      },
    },
    {
      run: 'get akr -w --output-watch-events',
      watch: { rows: 2, meanwhile: ['label akr pay seen=yes', 'label akr pay seen-'], until: 4 },
    },
    'explain akr',
    'explain akr.spec.targets',
    'explain akr.spec.key.environment',
    'explain akr --recursive',
    'explain apikeyissuers.spec --recursive',
    'explain keystore.spec.nope',
    'delete akr pay --dry-run=server',
    'delete akr pay --cascade=orphan --dry-run=client',
    'delete akr pay',
    'get akr',
    'get akr pay',
    'delete akr pay',
    'delete akr pay --ignore-not-found',
  ],
};

/** Manifests that must not get through. */
export const refusals: Story = {
  name: 'refusals',
  commands: [
    { run: 'apply -f -', input: rotation.replace('withoutEvidence', 'withoutEvidense') },
    { run: 'apply -f - --validate=warn', input: rotation.replace('  key:', '  keys: 1\n  key:') },
    { run: 'create -f - --validate=ignore', input: rotation.replace('name: pay', 'name: calm\n  extra: 1') },
    { run: 'create -f - --validate=strict', input: rotation.replace('  key:', '  keys: 1\n  key:') },
    { run: 'apply -f -', input: rotation.replace('name: pay', 'name: twice\n  name: twice') },
    { run: 'create -f -', input: rotation.replace(/ {2}targets:\n(.*\n){2}/, '').replace('name: pay', 'name: none') },
    { run: 'create -f -', input: rotation.replace('24h', 'soon').replace('name: pay', 'name: soon') },
    { run: 'create -f -', input: rotation.replace("['payments:read']", 'all').replace('name: pay', 'name: all') },
    { run: 'create -f -', input: rotation.replace('name: pay', 'name: Pay') },
    { run: 'create -f -', input: rotation.replace('kind: ApiKeyRotation', 'kind: ApiKeyRotations') },
    { run: 'create -f -', input: rotation.replace('v1alpha1', 'v7') },
    { run: 'create -f -', input: '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"data":{"a":"?"}}' },
    { run: 'create -f -', input: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"dataa":{"a":"b"}}' },
    { run: 'create -f -', input: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"data":{"a":1}}' },
    { run: 'create -f -', input: 'a: b' },
    { run: 'create -f -', input: rotation.replace('name: pay', 'name: pay\n  namespace: other') },
    { run: 'create -n nowhere -f -', input: rotation },
  ],
};
