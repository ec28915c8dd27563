import { withDeadline } from './deadline.ts';
import { ConsumerError, kindOf } from './errors.ts';
import { type KeyFields, type KeyLoader, pickKey } from './loader.ts';

/** A secret of a KV version 2 engine. */
export interface VaultLocation {
  /** `https://vault.example:8200` */
  readonly url: string;
  /** The engine's mount, for instance `secret`. */
  readonly mount: string;
  /** The path below the mount. */
  readonly path: string;
  /** A Vault token that may read the path, or a function that gives the present one. */
  readonly token: string | (() => string | Promise<string>);
  /** X-Vault-Namespace. */
  readonly namespace?: string;
  readonly fields?: KeyFields;
  /** Default 5000. */
  readonly timeoutMs?: number;
}

/** Reads the key from Vault; a new version is noticed by polling. */
export function fromVault(location: VaultLocation): KeyLoader {
  const { url, mount, path, fields = {} } = location;
  const place = `Vault ${mount}/${path}`;
  return {
    load: async (signal) => {
      const answer = await read(
        `${url.replace(/\/+$/, '')}/v1/${encode(mount)}/data/${encode(path)}`,
        location,
        signal,
      );
      const stored = answer.data?.data;
      if (stored) return pickKey(stored, fields, place);
      throw new ConsumerError('LoadFailed', `${place} has no current version: is it a KV version 2 secret?`);
    },
  };
}

interface VaultAnswer {
  data?: { data?: Record<string, unknown> | null };
}

async function read(url: string, location: VaultLocation, signal: AbortSignal): Promise<VaultAnswer> {
  const place = `Vault ${location.mount}/${location.path}`;
  try {
    return await withDeadline(signal, location.timeoutMs ?? 5_000, async (deadline) => {
      const headers = await headersFor(location);
      const response = await fetch(url, { headers, redirect: 'error', signal: deadline });
      if (response.ok) return (await response.json()) as VaultAnswer;
      await response.body?.cancel();
      throw new ConsumerError('LoadFailed', `${place} answered ${response.status}: check token, policy and path`);
    });
  } catch (error) {
    if (error instanceof ConsumerError) throw error;
    throw new ConsumerError(
      'LoadFailed',
      `${place} cannot be read (${kindOf(error)}): check the address and the token`,
    );
  }
}

async function headersFor({ token, namespace }: VaultLocation): Promise<Record<string, string>> {
  const text = typeof token === 'string' ? token : await token();
  return { 'x-vault-token': text, ...(namespace ? { 'x-vault-namespace': namespace } : {}) };
}

function encode(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
