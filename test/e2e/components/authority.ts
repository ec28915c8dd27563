import { readFile } from 'node:fs/promises';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\w+/=\s]+-----END CERTIFICATE-----\n/g;

/**
 * The certificate of the authority that a kube-apiserver makes for itself, as PEM: its file holds the server's own certificate
 * and then this one. Undefined until both are there: the file is made first and filled after. Rejects while there is none.
 */
export async function readAuthority(file: string): Promise<string | undefined> {
  const [, authority] = (await readFile(file, 'utf8')).match(CERTIFICATE) ?? [];
  return authority;
}
