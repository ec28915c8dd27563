import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';

/** The pair with which a control plane signs service-account tokens, as PEM files and, for Vault, as text. */
export interface ServiceAccountKeys {
  readonly privateFile: string;
  readonly publicFile: string;
  readonly publicPem: string;
}

/** Makes a new pair in a folder. */
export async function createServiceAccountKeys(folder: string): Promise<ServiceAccountKeys> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const privateFile = `${folder}/service-account.key`;
  const publicFile = `${folder}/service-account.pub`;
  await writeFile(privateFile, privateKey, { mode: 0o600 });
  await writeFile(publicFile, publicKey);
  return { privateFile, publicFile, publicPem: publicKey };
}
