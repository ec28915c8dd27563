import { readdir, readFile } from 'node:fs/promises';
import type { KubeEngine } from '../sandbox/kube/engine/engine.ts';
import { asString, dig, type JsonObject } from '../sandbox/kube/engine/json.ts';
import { applyManifests } from '../sandbox/kube/engine/manifests.ts';
import { ANNOTATION, GROUP } from '../src/api/names.ts';
import { CONSUMERS, NAMESPACE, ORGANIZATION, PODS, ROTATION, VAULT_MOUNT, VAULT_PATH } from './cast.ts';
import type { Stage } from './stage.ts';

const EXAMPLES = new URL('../examples/demo/', import.meta.url);
const OPERATOR = { namespace: 'apikey-rotation', name: 'operator' };
const ROTATION_KEY = { resource: `apikeyrotations.${GROUP}`, namespace: NAMESPACE, name: ROTATION };
const DAY_SECONDS = 86_400;

/** What a platform team does before the first key: namespaces, accounts, credentials, roles at Vault, pods. */
export function prepareCluster({ kube: { engine }, issuer, vault }: Stage): void {
  for (const name of [NAMESPACE, OPERATOR.namespace]) create(engine, 'namespaces', { kind: 'Namespace', name });
  create(engine, 'serviceaccounts', { kind: 'ServiceAccount', ...OPERATOR });
  for (const name of ['vault-writer', ...CONSUMERS]) {
    create(engine, 'serviceaccounts', { kind: 'ServiceAccount', namespace: NAMESPACE, name });
  }
  for (const environment of ['Live', 'Test'] as const) {
    const { text } = issuer.engine.createManager(environment, ORGANIZATION);
    const name = `apio-${environment.toLowerCase()}`;
    create(engine, 'secrets', { kind: 'Secret', namespace: NAMESPACE, name }, { stringData: { apiKey: text } });
  }
  admitToVault(vault);
  for (const { name, consumer } of PODS) {
    const spec = { serviceAccountName: consumer, containers: [{ name: 'app', image: 'example.com/app:1' }] };
    create(engine, 'pods', { kind: 'Pod', namespace: NAMESPACE, name }, { spec });
    const running = { type: 'merge', body: { status: { phase: 'Running' } } } as const;
    engine.patch({ resource: 'pods', namespace: NAMESPACE, name, subresource: 'status' }, running);
  }
}

function admitToVault({ engine }: Stage['vault']): void {
  const data = `${VAULT_MOUNT}/data/${VAULT_PATH}`;
  engine.setPolicy('apikey-rotation', [
    { path: data, capabilities: ['create', 'read', 'update'] },
    { path: `${VAULT_MOUNT}/metadata/${VAULT_PATH}`, capabilities: ['read'] },
    { path: `${VAULT_MOUNT}/config`, capabilities: ['read'] },
  ]);
  engine.setPolicy('payments-reader', [{ path: data, capabilities: ['read'] }]);
  engine.logins.setJwtRole('apikey-rotation', {
    boundAudience: 'vault',
    boundSubjects: [`system:serviceaccount:${NAMESPACE}:vault-writer`],
    policies: ['apikey-rotation'],
    ttlSeconds: 3_600,
    renewable: true,
  });
}

/** Applies examples/demo with the addresses of the stage put in. */
export async function applyExamples({ kube, issuer, vault }: Stage): Promise<void> {
  const addresses: Readonly<Record<string, string>> = {
    APIO_TEST_URL: issuer.server.url.Test,
    APIO_LIVE_URL: issuer.server.url.Live,
    VAULT_URL: vault.server.url,
  };
  const files = (await readdir(EXAMPLES)).filter((name) => name.endsWith('.yaml')).sort();
  for (const file of files) {
    const text = await readFile(new URL(file, EXAMPLES), 'utf8');
    applyManifests(
      kube.engine,
      text.replace(/\$\{(\w+)\}/g, (unknown, name) => addresses[name] ?? unknown),
    );
  }
}

/** `kubectl annotate akr payments apikeyrotation.io/rotate=<token>`, with a reason. */
export function requestRotation(engine: KubeEngine, token: string, reason: string): void {
  const annotations = { [ANNOTATION.rotate]: token, [ANNOTATION.rotateReason]: `${token}: ${reason}` };
  engine.patch(ROTATION_KEY, { type: 'merge', body: { metadata: { annotations } } });
}

/** What GitOps does when someone changes the manifest. */
export function changePermissions(engine: KubeEngine, permissions: string[]): void {
  engine.patch(ROTATION_KEY, { type: 'merge', body: { spec: { key: { permissions } } } });
}

/** The token that the operator's pod would have mounted. */
export function operatorToken(engine: KubeEngine): string {
  return requestToken(engine, OPERATOR, {});
}

/** A token as the kubelet projects it into a pod: bound to it, for the reports API only. */
export function reportToken(engine: KubeEngine, pod: { readonly name: string; readonly consumer: string }): string {
  const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name: pod.name };
  const account = { namespace: NAMESPACE, name: pod.consumer };
  return requestToken(engine, account, { audiences: [GROUP], boundObjectRef });
}

function requestToken(engine: KubeEngine, account: { namespace: string; name: string }, spec: JsonObject): string {
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest' };
  const answer = engine.createToken(account, { ...request, spec: { expirationSeconds: DAY_SECONDS, ...spec } });
  return asString(dig(answer, 'status', 'token'));
}

interface Naming {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

function create(engine: KubeEngine, resource: string, { kind, ...metadata }: Naming, content: JsonObject = {}): void {
  const { namespace } = metadata;
  engine.create({ resource, namespace }, { apiVersion: 'v1', kind, metadata, ...content });
}
