import { X509Certificate } from 'node:crypto';

/** Whether that is a certificate in PEM, or several of which the first can be read. */
export function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
