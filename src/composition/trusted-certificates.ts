import { CallError } from '../http/call-error.ts';
import { isCertificate } from '../http/certificate.ts';
import type { KubeApi, KubeObject } from '../runtime/kube/kube-api.ts';
import { configMaps, secrets } from '../runtime/kube/resources.ts';
import { withRemedy } from './with-remedy.ts';

/** A key of a ConfigMap or a Secret in the namespace of who names it. */
export interface CertificatesRef {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  readonly key: string;
}

interface Holder extends KubeObject {
  data?: Record<string, string>;
}

/** Reads certificates in PEM. Throws CallError where there is nothing that could be trusted. */
export async function readCertificates(
  kube: Pick<KubeApi, 'get'>,
  namespace: string,
  { kind, name, key }: CertificatesRef,
): Promise<string> {
  const resource = kind === 'Secret' ? secrets : configMaps;
  const holder = await kube
    .get<Holder>({ resource, namespace, name })
    .catch(withRemedy(`the operator needs \`get\` on ${resource.plural} of namespace ${namespace}`));
  const place = `${kind} ${namespace}/${name}`;
  const text = holder?.data?.[key];
  if (text === undefined) throw missing(holder ? `${place} has no key ${key}` : `${place} does not exist`, key);
  return assertCertificates(kind === 'Secret' ? Buffer.from(text, 'base64').toString() : text, `${place}, key ${key},`);
}

function missing(problem: string, key: string): CallError {
  const remedy = `write the certificates there (key ${key}), or correct caRef`;
  return new CallError('refused', 'CertificatesNotFound', `${problem}; ${remedy}`);
}

/** Returns the text where all of it can be trusted; a library that skips what it cannot read would say only that no chain is known. */
export function assertCertificates(pem: string, place: string): string {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length > 0 && blocks.every(isCertificate)) return pem;
  const problem = `${place} holds ${blocks.length > 0 ? 'a certificate that cannot be read' : 'no certificate'}`;
  const remedy = 'write certificates in PEM there: -----BEGIN CERTIFICATE----- and what follows it';
  throw new CallError('refused', 'InvalidCertificates', `${problem}; ${remedy}`);
}
