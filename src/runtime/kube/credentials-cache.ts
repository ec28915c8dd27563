import { CallError } from '../../http/call-error.ts';
import type { Clock } from '../clock.ts';
import type { Credentials, KubeConnection } from './connection.ts';
import { KubeconfigError } from './kubeconfig-error.ts';
import type { Attempted } from './status-error.ts';

/** Credentials that are read anew when they are old, or were refused. */
export interface CredentialsCache {
  /** Those that were read last, unless they are old or were refused. */
  known(): Credentials | undefined;
  /** Throws CallError `denied` where they cannot be read. */
  read(attempted: Attempted): Promise<Credentials>;
  /** They were refused. */
  forget(): void;
}

/** Reads the credentials of a connection at most once in `maxAgeMs`. */
export function createCredentialsCache(
  connection: Pick<KubeConnection, 'credentials'>,
  clock: Pick<Clock, 'monotonic'>,
  maxAgeMs: number,
): CredentialsCache {
  let wereRefused = false;
  let cached: Cached | undefined;

  function fresh(): Cached | undefined {
    return cached && clock.monotonic() - cached.readAt < maxAgeMs ? cached : undefined;
  }
  async function readAnew(): Promise<Credentials> {
    const reading: Cached = { credentials: connection.credentials(wereRefused), readAt: clock.monotonic() };
    cached = reading;
    wereRefused = false;
    reading.known = await reading.credentials;
    return reading.known;
  }
  return {
    known: () => fresh()?.known,
    async read({ method, what }) {
      try {
        return await (fresh()?.credentials ?? readAnew());
      } catch (error) {
        cached = undefined;
        // Another reason than ours may quote a plugin's output or a file's content.
        const why =
          error instanceof KubeconfigError
            ? error.message
            : 'the credentials for the Kubernetes API cannot be read; look at the kubeconfig or the token file';
        throw new CallError('denied', 'CredentialsUnreadable', `${method} ${what}: ${why}`);
      }
    },
    forget() {
      cached = undefined;
      wereRefused = true;
    },
  };
}

interface Cached {
  readonly credentials: Promise<Credentials>;
  readonly readAt: number;
  /** Once they are here. */
  known?: Credentials;
}
