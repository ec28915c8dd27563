import { parseDuration } from '../../api/duration.ts';
import { CallError } from '../../http/call-error.ts';
import { isCertificate } from '../../http/certificate.ts';
import type { HttpTransport } from '../../http/transport.ts';
import type { SecretValue } from '../../key/secret-value.ts';
import type { KubeApi } from '../../runtime/kube/kube-api.ts';
import { secrets } from '../../runtime/kube/resources.ts';
import type { Issuer } from '../port.ts';
import type { SupportDeclaration } from './declaration.ts';
import { createMessenger, type Messenger } from './messenger.ts';
import { createPatientProbe } from './patient-probe.ts';
import { createProbe, type Probe } from './probe.ts';
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
  /** Connections that trust these certificates (PEM), or those that the operator trusts. */
  readonly transportFor: (ca: string | undefined) => HttpTransport;
  readonly secret: (ref: { readonly name: string; readonly key: string }) => () => Promise<SecretValue>;
  readonly clock: { now(): number; monotonic(): number };
}

/** The worlds that people issue keys for, by the names of their environments. Throws CallError where a certificate cannot be read. */
export function createSupportWorlds(
  options: SupportWorldsOptions,
): readonly (readonly [name: string, issuer: Issuer])[] {
  const { declaration, kube, namespace, issuerName, title, transportFor, clock } = options;
  checkCertificates(declaration, title);
  const ref = { resource: secrets, namespace, name: `${issuerName}-support-register` };
  const registerStore = createRegisterStore(kube, ref);
  const tell = messengerOf(options);
  const expectedWithinMs = parseDuration(declaration.expectedWithin) ?? 0;
  return declaration.environments.map(({ name: environment, probe }) => {
    const name = `${title} (${environment})`;
    const times = { now: () => clock.now(), monotonic: () => clock.monotonic() };
    const world = { kube, registerStore, environment, name, expectedWithinMs, tell, ...times };
    const asked = probe && probeOf(probe, `the probe of ${name}`, transportFor);
    return [environment, createSupportIssuer({ ...world, probe: asked && createPatientProbe(asked, clock) })];
  });
}

type ProbeDeclaration = NonNullable<SupportDeclaration['environments'][number]['probe']>;

function probeOf(
  { url, path, ca }: ProbeDeclaration,
  peer: string,
  transportFor: SupportWorldsOptions['transportFor'],
): Probe {
  return createProbe({ transport: transportFor(ca), url, path, peer });
}

function messengerOf({ declaration, title, transportFor, secret, clock }: SupportWorldsOptions): Messenger | undefined {
  const { webhook } = declaration;
  if (!webhook) return undefined;
  const { url, path, ca, credentials } = webhook;
  const credential = credentials && secret(credentials.secretRef);
  const peer = `the webhook of ${title}`;
  return createMessenger(createWebhook({ transport: transportFor(ca), url, path, peer, credential }), clock);
}

function checkCertificates({ environments, webhook }: SupportDeclaration, title: string): void {
  const named = environments.map(
    ({ name, probe }) => [`spec.support.environments ${name}: probe.ca`, probe?.ca] as const,
  );
  for (const [field, ca] of [...named, ['spec.support.webhook.ca', webhook?.ca] as const]) {
    if (ca === undefined || isCertificate(ca)) continue;
    const problem = `${title}: ${field} has no certificate that can be read; write all of its PEM text`;
    throw new CallError('refused', 'InvalidDeclaration', problem);
  }
}
