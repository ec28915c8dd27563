import { CallError } from '../../http/call-error.ts';

/** Where one KV mount is: everything that a path is relative to. */
export interface VaultLocation {
  /** http(s)://host[:port]. */
  readonly origin: string;
  /** Segments joined by `/`, without slashes at the ends; empty for the root namespace. */
  readonly namespace: string;
  /** As the namespace. */
  readonly mount: string;
  /** `vault:<origin>/<namespace>/<mount>`: two stores with one address are one place. */
  readonly address: string;
}

/** Reads the settings of a store; throws CallError where they lead nowhere. */
export function vaultLocation(settings: { url: string; mount: string; namespace?: string }): VaultLocation {
  const url = URL.canParse(settings.url) ? new URL(settings.url) : undefined;
  const bare = url && url.href === `${url.origin}/` && /^https?:$/.test(url.protocol);
  if (!bare) throw invalid('url', 'it must be http(s)://host[:port] without user, path, query or fragment');
  const namespace = trimSlashes(settings.namespace ?? '');
  const mount = trimSlashes(settings.mount);
  if (namespace) encodePath(namespace, 'namespace');
  encodePath(mount, 'mount');
  return {
    origin: url.origin,
    namespace,
    mount,
    address: ['vault:', url.origin, '/', namespace && `${namespace}/`, mount].join(''),
  };
}

/**
 * A path as it may stand in a URL, segment by segment. Refuses what a server or a proxy could read as another path: empty
 * segments, dots, control characters, anything outside ASCII.
 */
export function encodePath(path: string, what = 'path'): string {
  const segments = path.split('/');
  const plain = segments.every((segment) => /^[\x20-\x7e]+$/.test(segment) && !/^\.{1,2}$/.test(segment));
  if (!plain)
    throw invalid(what, 'it must be segments of ASCII characters between slashes, none of them empty, `.` or `..`');
  return segments.map(encodeURIComponent).join('/');
}

function trimSlashes(text: string): string {
  return text.replace(/^\/+|\/+$/g, '');
}

function invalid(what: string, rule: string): CallError {
  return new CallError('refused', 'InvalidPath', `the ${what} of a Vault store will not do: ${rule}`);
}
