import type { Story } from '../story.ts';

const event = `
apiVersion: v1
kind: Event
metadata: {name: pay.1}
involvedObject: {apiVersion: apikeyrotation.io/v1alpha1, kind: ApiKeyRotation, name: pay, namespace: events}
reason: KeyPublished
message: the new key is in every target
type: Normal
count: 2
firstTimestamp: '2026-01-01T00:00:00Z'
lastTimestamp: '2026-01-01T00:00:00Z'
source: {component: apikey-rotation-operator}
`;

/** Events, as our operator writes them. */
export const events: Story = {
  name: 'events',
  commands: [
    { run: 'create -f -', input: event },
    'get events',
    'get events -o wide',
    'get events --field-selector involvedObject.name=pay,type=Normal -o name',
    'get events --field-selector reason=Other',
    'get events --field-selector message=x',
    'events --for apikeyrotation/pay',
    'events --types=Warning',
    'get events pay.1 -o yaml',
    { run: 'create -f -', input: event.replace('namespace: events', 'namespace: elsewhere').replace('pay.1', 'pay.2') },
    'delete events --all',
  ],
};

/** Namespaces, roles and leases. */
export const access: Story = {
  name: 'access',
  commands: [
    'create namespace fresh',
    'create namespace fresh',
    'create namespace Fresh',
    'create namespace later --dry-run=server -o yaml',
    'get ns fresh',
    'get ns fresh -o yaml',
    'describe ns fresh',
    'label ns fresh kubernetes.io/metadata.name=other --overwrite',
    'get ns fresh --show-labels',
    'create role reader --verb=get,list --resource=secrets,apikeyrotations.apikeyrotation.io',
    'create role broken --verb=get --resource=nosuch',
    'get role reader -o yaml',
    'describe role reader',
    'create serviceaccount bob',
    'create rolebinding readers --role=reader --serviceaccount=access:bob',
    'get rolebindings',
    'get rolebindings -o wide',
    'get rolebinding readers -o yaml',
    'describe rolebinding readers',
    `patch rolebinding readers --type=merge -p '{"roleRef":{"name":"other"}}'`,
    'auth can-i get secrets',
    'auth can-i list secrets --as=system:serviceaccount:access:bob',
    'auth can-i delete secrets --as=system:serviceaccount:access:bob',
    'auth can-i get secrets -n default --as=system:serviceaccount:access:bob',
    'get secrets --as=system:serviceaccount:access:bob',
    'get secrets -n default --as=system:serviceaccount:access:bob',
    'get configmaps -A --as=system:serviceaccount:access:bob',
    'delete secret none --as=system:serviceaccount:access:bob',
    'create secret generic none --as=system:serviceaccount:access:bob',
    'get akr none --as=system:serviceaccount:access:bob',
    `patch akr none --type=merge -p '{}' --as=system:serviceaccount:access:bob`,
    'create clusterrole watcher --verb=get --verb=watch --resource=pods --resource-name=one',
    'create clusterrolebinding watchers --clusterrole=watcher --user=eve --group=watchers',
    'get clusterrolebinding watchers -o wide',
    'auth can-i get pods/one --as=eve',
    'auth can-i get pods/two --as=eve',
    'get pod one --as=eve',
    'get pods --as=eve',
    'get pod one --as=adam --as-group=watchers --as-group=others',
    'auth can-i get pods/one --as=adam --as-group=watchers',
    'describe clusterrole watcher',
    'delete clusterrole,clusterrolebinding watcher watchers',
    'auth can-i delete nosuchthings',
    "auth can-i '*' '*' -A",
    {
      run: 'create -f -',
      input:
        '{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"leader"},"spec":{"holderIdentity":"me","leaseDurationSeconds":15}}',
    },
    'get leases',
    'describe lease leader',
    'delete lease leader',
    'delete role reader',
    'explain secret',
    'explain secret.data',
    'explain configmap --recursive',
    'explain lease.spec.holderIdentity',
    'explain ns.metadata.finalizers',
    'explain nosuchthing',
  ],
};

const owner = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"owner"}}';

/** What controllers of the real one do: garbage collection and emptied namespaces. */
export const deletions: Story = {
  name: 'deletions',
  controllers: true,
  commands: [
    { run: 'create -f -', input: owner },
    'create namespace doomed',
    'create secret generic inside -n doomed --from-literal=a=b',
    'delete namespace doomed',
    'get secrets -n doomed',
    'create secret generic late -n doomed',
    'delete cm owner --cascade=foreground',
    'get cm owner',
    'create configmap second',
    'delete cm second --cascade=orphan',
    'get cm second',
    'delete cm third --cascade=sideways',
    'create configmap held',
    `patch cm held -p '{"metadata":{"finalizers":["example.com/a"]}}'`,
    'delete cm held --wait=false',
    'get cm held -o jsonpath={.metadata.finalizers}',
    `patch cm held -p '{"metadata":{"finalizers":null}}'`,
    'wait cm/held --for=delete --timeout=10s',
    'delete ns default',
  ],
};
