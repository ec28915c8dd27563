import { fromVault, type KeyLoader, type LoadedKey } from '../../../packages/consumer/src/index.ts';
import type { ClusterObject } from './cluster.ts';
import type { Job } from './job.ts';
import type { World } from './world.ts';

/** Whose key it is. */
export interface PodIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly account: string;
}

const FIELDS = { key: 'API_KEY', revision: 'API_KEY_REVISION', rotationUID: 'ROTATION_UID' } as const;

/** For reports to the operator. */
export const REPORT_AUDIENCE = 'apikeyrotation.io';

/** A token of the pod's ServiceAccount as the kubelet projects it: bound to the pod, for one audience. */
export function projectedToken(
  { cluster }: Pick<World, 'cluster'>,
  pod: Omit<PodIdentity, 'uid'> & Partial<Pick<PodIdentity, 'uid'>>,
  audience: string,
): Promise<string> {
  const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name: pod.name, uid: pod.uid };
  const account = { namespace: pod.namespace, name: pod.account };
  return cluster.token(account, { audiences: [audience], boundObjectRef, expirationSeconds: 3_600 });
}

/** Reads the key where the job says. */
export function keyLoader(world: World, pod: PodIdentity, { from }: Job): KeyLoader {
  if (from.type === 'Secret') return { load: () => readSecret(world, pod.namespace, from.name) };
  let token: Promise<string> | undefined;
  const logIn = () => {
    token ??= login(world, pod);
    token.catch(() => {
      token = undefined;
    });
    return token;
  };
  const path = `${pod.namespace}/${from.path}`;
  return fromVault({ url: world.vault.url, mount: 'secret', path, token: logIn, fields: FIELDS });
}

async function login(world: World, pod: PodIdentity): Promise<string> {
  const jwt = await projectedToken(world, pod, 'vault');
  const { body } = await world.vault.request('POST', 'auth/jwt/login', { role: `${pod.namespace}-reader`, jwt }, '');
  const { auth } = (body ?? {}) as { auth?: { client_token: string } };
  if (auth) return auth.client_token;
  throw new Error(`Vault lets ${pod.namespace}/${pod.name} not in`);
}

/** What the kubelet would have mounted. */
async function readSecret({ cluster }: World, namespace: string, name: string): Promise<LoadedKey> {
  const path = `/api/v1/namespaces/${namespace}/secrets/${name}`;
  const secret = await cluster.get<ClusterObject & { readonly data?: Readonly<Record<string, string>> }>(path);
  const field = (of: keyof typeof FIELDS) => {
    const data = secret?.data?.[FIELDS[of]];
    return data && Buffer.from(data, 'base64').toString();
  };
  const revision = field('revision');
  return {
    key: field('key') ?? '',
    rotationUID: field('rotationUID'),
    ...(revision && { revision: Number(revision) }),
  };
}
