import { describe, expect, it } from 'vitest';
import { type CertificatesRef, readCertificates } from '../../../src/composition/trusted-certificates.ts';
import { CallError } from '../../../src/http/call-error.ts';
import type { KubeApi, KubeObject } from '../../../src/runtime/kube/kube-api.ts';
import { createSelfSigned } from '../../integration/self-signed.ts';

const { cert } = createSelfSigned('vault');
const CONFIG_MAP: CertificatesRef = { kind: 'ConfigMap', name: 'vault-ca', key: 'ca.crt' };
const SECRET: CertificatesRef = { ...CONFIG_MAP, kind: 'Secret' };

/** A Kubernetes API in which one object stands, or none, or a refusal. */
function clusterWith(found: Record<string, string> | CallError | undefined): Pick<KubeApi, 'get'> {
  return {
    async get<T extends KubeObject>() {
      if (found instanceof CallError) throw found;
      return found && ({ metadata: { name: 'vault-ca' }, data: found } as KubeObject as T);
    },
  };
}

const failureOf = (call: Promise<unknown>) =>
  call.then(
    () => new Error('the call succeeded'),
    (reason: unknown) => reason,
  );

describe('certificates to be trusted', () => {
  it.each([
    ['a ConfigMap', CONFIG_MAP, cert],
    ['a Secret', SECRET, Buffer.from(cert).toString('base64')],
  ])('are read from %s', async (_where, ref, text) => {
    expect(await readCertificates(clusterWith({ 'ca.crt': text }), 'shop', ref)).toBe(cert);
  });

  it.each<[string, Record<string, string> | undefined, string, RegExp]>([
    ['the object is not there', undefined, 'CertificatesNotFound', /^ConfigMap shop\/vault-ca does not exist; .*caRef/],
    ['the key is not there', { 'tls.crt': cert }, 'CertificatesNotFound', /has no key ca\.crt; .*caRef/],
    ['it is empty', { 'ca.crt': '' }, 'InvalidCertificates', /key ca\.crt, holds no certificate; .*PEM/],
    [
      'one of two is broken',
      { 'ca.crt': `${cert}${cert.replace(/\nM/, '\nX')}` },
      'InvalidCertificates',
      /a certificate that cannot be read/,
    ],
  ])('are refused where %s', async (_what, data, reason, message) => {
    const error = await failureOf(readCertificates(clusterWith(data), 'shop', CONFIG_MAP));
    expect(error).toMatchObject({ outcome: 'refused', reason, message: expect.stringMatching(message) });
  });

  it.each([
    [CONFIG_MAP, 'configmaps'],
    [SECRET, 'secrets'],
  ])('say which right the operator lacks to read a %o', async (ref, plural) => {
    const forbidden = new CallError('denied', 'Forbidden', 'GET shop/vault-ca: Forbidden', { status: 403 });
    const error = await failureOf(readCertificates(clusterWith(forbidden), 'shop', ref));
    expect(String(error)).toContain(`the operator needs \`get\` on ${plural} of namespace shop`);
  });
});
