import { KubeconfigError } from './kubeconfig-error.ts';

/** How TLS to the API server is made, as node:tls takes it. Empty over plain HTTP. */
export interface TlsMaterial {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** What proves who we are: headers to send (they hold secrets) and TLS material. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsMaterial;
}

/** Where the API server is and how to authenticate. Files and plugins are read anew as they rotate. */
export interface KubeConnection {
  /** scheme://host[:port][/prefix] without a slash at the end. */
  readonly server: string;
  /** The namespace that the connection belongs to, where it names one. */
  readonly namespace: string | undefined;
  /**
   * Reads the credentials as they are now. May be slow (credential plugins); callers cache it. `wereRefused`: those before are of no use,
   * whatever they say of themselves.
   */
  credentials(wereRefused?: boolean): Promise<Credentials>;
}

/** Throws when credentials would go over the network unprotected: plain HTTP is for loopback addresses only. */
export function assertConfidential(server: string): void {
  const { protocol, host, hostname } = new URL(server);
  if (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))) return;
  throw new KubeconfigError(
    `The Kubernetes API server ${protocol}//${host} would be reached without TLS; use https, or http on a loopback address`,
  );
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
