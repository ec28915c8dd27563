import { freePort } from './free-port.ts';
import { programPath } from './locate.ts';
import { type Program, startProgram } from './program.ts';
import type { ServiceAccountKeys } from './service-account-keys.ts';

/** A kube-apiserver that can be started again and again on the same port. */
export interface ApiServer {
  readonly url: string;
  /** Where `readAuthority` finds the authority that it makes for itself when it first starts. */
  readonly caFile: string;
  start(): Program;
}

/** Where it keeps its things, and what it needs to know. */
export interface ApiServerOptions {
  readonly folder: string;
  readonly etcdURL: string;
  readonly keys: ServiceAccountKeys;
  /** A CSV file of token, user, uid, groups. */
  readonly tokenFile: string;
  readonly flags: readonly string[];
}

/** Prepares it on a free port. The ServiceAccount admission plugin stays on: tokens bound to pods need it. */
export async function createApiServer({
  folder,
  etcdURL,
  keys,
  tokenFile,
  flags,
}: ApiServerOptions): Promise<ApiServer> {
  const port = await freePort();
  const args = [
    `--etcd-servers=${etcdURL}`,
    `--cert-dir=${folder}/certificates`,
    `--secure-port=${port}`,
    '--bind-address=127.0.0.1',
    `--service-account-key-file=${keys.publicFile}`,
    `--service-account-signing-key-file=${keys.privateFile}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    '--service-cluster-ip-range=10.0.0.0/24',
    '--authorization-mode=RBAC',
    `--token-auth-file=${tokenFile}`,
    ...flags,
  ];
  return {
    url: `https://127.0.0.1:${port}`,
    caFile: `${folder}/certificates/apiserver.crt`,
    start: () => startProgram({ name: 'kube-apiserver', path: programPath('kube-apiserver'), folder, args }),
  };
}
