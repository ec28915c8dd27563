import type { Story } from '../story.ts';

const secret = `
apiVersion: v1
kind: Secret
metadata: {name: applied}
stringData: {a: one, b: two}
`;
const config = `
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  labels: {app: web, tier: front}
data: {colour: red, size: big}
`;

/** Secrets, ConfigMaps and ServiceAccounts. */
export const plainObjects: Story = {
  name: 'plain-objects',
  commands: [
    'create secret generic made --from-literal=user=me',
    'create secret generic made --from-literal=user=you',
    'create secret generic seen --from-literal=user=me --dry-run=client -o yaml',
    'create secret generic seen --from-literal=user=me --dry-run=server -o yaml',
    'get secrets',
    'get secret made -o yaml',
    'get secret made -o jsonpath={.data.user}',
    'get secrets --field-selector type=Opaque -o name',
    'get secrets --field-selector data=x',
    'describe secret made',
    { run: 'apply -f -', input: secret },
    'get secret applied -o yaml',
    { run: 'apply -f -', input: secret.replace(', b: two', '') },
    { run: 'apply -f -', input: secret.replace('stringData: {a: one, b: two}', 'data: {c: dGhyZWU=}') },
    { run: 'apply -f -', input: secret.replace('stringData: {a: one, b: two}', 'data: {d: Zm91cg==}') },
    'get secret applied -o json',
    `patch secret applied -p '{"type":"other"}'`,
    `patch secret applied -p '{"stringData":{"e":"five"}}'`,
    `patch secret applied -p '{"data":{"e":null}}'`,
    `patch secret applied -p '{"immutable":true}'`,
    `patch secret applied -p '{"data":{"e":"Zml2ZQ=="}}'`,
    'create configmap made --from-literal=a=b',
    { run: 'apply -f -', input: config },
    { run: 'diff -f -', input: config.replace('big', 'small') },
    { run: 'apply -f -', input: config.replace(', tier: front', '').replace('colour: red, ', '') },
    'get cm settings -o yaml --show-labels',
    'get cm settings --show-labels',
    'describe configmap settings',
    { run: 'replace -f -', input: config },
    { run: 'edit cm settings', editor: 'sed -i s/big/huge/' },
    'get cm -l app=web,tier=back -o name',
    `get cm -l 'tier in (front,back),app' -o name`,
    `get cm -l 'tier notin (front)' -o name`,
    `get cm -l '!app' -o name`,
    `get cm -l 'a=b=c'`,
    `get secret,cm -l app=web`,
    'get cm/settings secret/made -o name',
    'get cm nope secret/made',
    'create serviceaccount bob',
    'get sa bob -o yaml',
    'describe sa bob',
    'create token bob --audience=apikeyrotation.io --duration=20m',
    'create token bob --duration=1m',
    'create token nobody',
    'delete secret,cm -l app=web',
    'delete cm --all --dry-run=server',
    'delete secret --all',
    'delete secret made applied',
  ],
};

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: main
        image: web:1
        env:
        - {name: A, value: '1'}
        - {name: B, value: '2'}
        ports:
        - {containerPort: 80}
        - {containerPort: 443}
      - name: side
        image: side:1
      volumes:
      - {name: cache, emptyDir: {}}
      - {name: config, configMap: {name: settings}}
`;
const smaller = deployment
  .replace(/ {8}- \{name: B.*\n/, '')
  .replace(/ {8}- \{containerPort: 443.*\n/, '')
  .replace(/ {6}- name: side\n.*\n/, '')
  .replace(/ {6}- \{name: cache.*\n/, '')
  .replace('web:1', 'web:2');
const pod = `
apiVersion: v1
kind: Pod
metadata: {name: one, labels: {app: web}}
spec:
  containers:
  - {name: main, image: 'web:1'}
  tolerations:
  - {key: spot, operator: Exists}
`;
const account = `
apiVersion: v1
kind: ServiceAccount
metadata: {name: default}
imagePullSecrets:
- {name: first}
- {name: second}
`;

const names =
  '-o jsonpath={.spec.template.spec.containers[*].name},{.spec.template.spec.containers[*].env[*].name},{.spec.template.spec.volumes[*].name}';

/** Three-way merges of lists, on the kinds that have them. */
export const workloads: Story = {
  name: 'workloads',
  commands: [
    { run: 'apply -f -', input: account },
    { run: 'apply -f -', input: account.replace('- {name: first}\n', '') },
    'get sa default -o jsonpath={.imagePullSecrets}',
    { run: 'apply -f -', input: deployment },
    `get deploy web ${names}`,
    'get deploy web -o yaml',
    'describe deploy web',
    { run: 'apply -f - --dry-run=server -o name', input: smaller },
    { run: 'apply -f -', input: smaller },
    `get deploy web ${names}`,
    'get deploy web -o jsonpath={.spec.template.spec.containers[*].ports[*].containerPort}',
    `patch deploy web -p '{"spec":{"template":{"spec":{"containers":[{"name":"main","env":[{"name":"C","value":"3"},{"name":"A","$patch":"delete"}]}]}}}}'`,
    'get deploy web -o jsonpath={.spec.template.spec.containers[*].env}',
    `patch deploy web -p '{"spec":{"strategy":{"$retainKeys":["type"],"type":"Recreate"}}}'`,
    'get deploy web -o jsonpath={.spec.strategy}',
    'set image deploy/web main=web:3',
    'set env deploy/web D=4',
    'get deploy web -o jsonpath={.spec.template.spec.containers[*].image}',
    'scale deploy web --replicas=0',
    'get deploy',
    'get deploy -o wide',
    { run: 'apply -f -', input: deployment.replace('app: web}}\n  template', 'app: other}}\n  template') },
    { run: 'apply -f -', input: pod },
    { run: 'apply -f -', input: pod.replace('web:1', 'web:2') },
    'get pods',
    'get pods -o wide',
    'get pods --field-selector status.phase=Pending -o name',
    'get pods --field-selector spec.serviceAccountName=default -o name',
    'get all -o name',
    'label pod one app-',
    'annotate pods --all seen=yes',
    `patch pod one --subresource=status -p '{"status":{"phase":"Running","podIP":"10.1.2.3","podIPs":[{"ip":"10.1.2.3"}]}}'`,
    'get pods -o wide',
    'delete pod one --grace-period=0 --force',
    'delete deploy --all',
  ],
};
