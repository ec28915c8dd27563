import { parseDuration } from '../../api/duration.ts';
import type { HttpTransport } from '../../http/transport.ts';
import type { SecretValue } from '../../key/secret-value.ts';
import type { KubeApi } from '../../runtime/kube/kube-api.ts';
import { secrets } from '../../runtime/kube/resources.ts';
import type { Issuer } from '../port.ts';
import type { SupportDeclaration } from './declaration.ts';
import { createMessenger, type Messenger } from './messenger.ts';
import { createPatientProbe } from './patient-probe.ts';
import { createProbe } from './probe.ts';
import { createRegisterStore } from './register-store.ts';
import { createSupportIssuer } from './support-issuer.ts';
import { createWebhook } from './webhook.ts';

export interface SupportWorldsOptions {
  readonly declaration: SupportDeclaration;
  /** Writes only while this process leads. */
  readonly kube: Pick<KubeApi, 'get' | 'create' | 'replace' | 'delete'>;
  readonly namespace: string;
  /** Of the ApiKeyIssuer. */
  readonly issuerName: string;
  /** For messages: `ApiKeyIssuer payments/apio`. */
  readonly title: string;
  readonly transport: HttpTransport;
  readonly secret: (ref: { readonly name: string; readonly key: string }) => () => Promise<SecretValue>;
  readonly clock: { now(): number; monotonic(): number };
}

/** The worlds that people issue keys for, by the names of their environments. */
export function createSupportWorlds(
  options: SupportWorldsOptions,
): readonly (readonly [name: string, issuer: Issuer])[] {
  const { declaration, kube, namespace, issuerName, title, transport, clock } = options;
  const ref = { resource: secrets, namespace, name: `${issuerName}-support-register` };
  const registerStore = createRegisterStore(kube, ref);
  const tell = messengerOf(options);
  const expectedWithinMs = parseDuration(declaration.expectedWithin) ?? 0;
  return declaration.environments.map(({ name: environment, probe }) => {
    const name = `${title} (${environment})`;
    const world = { kube, registerStore, environment, name, expectedWithinMs, tell, now: () => clock.now() };
    const peer = `the probe of ${name}`;
    const asked = probe && createPatientProbe(createProbe({ ...probe, transport, peer }), clock);
    return [environment, createSupportIssuer({ ...world, probe: asked })];
  });
}

function messengerOf({ declaration, title, transport, secret, clock }: SupportWorldsOptions): Messenger | undefined {
  const { webhook } = declaration;
  if (!webhook) return undefined;
  const { url, path, credentials } = webhook;
  const credential = credentials && secret(credentials.secretRef);
  return createMessenger(createWebhook({ transport, url, path, peer: `the webhook of ${title}`, credential }), clock);
}
