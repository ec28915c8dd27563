import { CallError } from '../http/call-error.ts';
import type { HttpTransport } from '../http/transport.ts';

export interface TrustingConnectionsDeps {
  /** The certificates to trust, in PEM, as they are now (their reader may cache them for a while). Throws CallError. */
  readonly certificates: () => Promise<string>;
  /** Connections that trust these certificates alone. */
  readonly trusting: (ca: string) => HttpTransport;
}

/** Connections that follow the certificates which are to be trusted. */
export interface TrustingConnections {
  connect(): Promise<HttpTransport>;
  close(): void;
}

/**
 * Authorities are renewed under running stores (trust-manager, cert-manager): from then on new connections are made, and calls in
 * flight end on the old ones. While the certificates cannot be read, those that were known serve on.
 */
export function createTrustingConnections({ certificates, trusting }: TrustingConnectionsDeps): TrustingConnections {
  let held: { readonly ca: string; readonly transport: HttpTransport } | undefined;

  function letGo(): void {
    held?.transport.close().catch(() => undefined);
    held = undefined;
  }

  async function wanted(): Promise<string> {
    try {
      return await certificates();
    } catch (error) {
      if (held && error instanceof CallError && error.outcome === 'unavailable') return held.ca;
      throw error;
    }
  }

  return {
    async connect() {
      const ca = await wanted();
      if (held?.ca === ca) return held.transport;
      letGo();
      held = { ca, transport: trusting(ca) };
      return held.transport;
    },
    close: letGo,
  };
}
