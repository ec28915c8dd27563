import { createHttpClient } from '../../http/client.ts';
import type { HttpTransport } from '../../http/transport.ts';
import type { Issuer } from '../port.ts';
import { type AuthDeps, createAuth } from './auth.ts';
import { checkDeclaration } from './check-declaration.ts';
import type { HttpDeclaration } from './declaration.ts';
import { createHttpIssuer } from './http-issuer.ts';

export interface HttpWorldsOptions {
  readonly declaration: HttpDeclaration;
  /** Which issuer it is, for messages: `ApiKeyIssuer payments/grafana`. */
  readonly object: string;
  readonly secret: AuthDeps['secret'];
  readonly transport: HttpTransport;
  readonly clock: { now(): number; monotonic(): number };
}

/** The worlds of a declared API, by the names of their environments. Throws CallError where the declaration describes none. */
export function createHttpWorlds(options: HttpWorldsOptions): readonly (readonly [name: string, issuer: Issuer])[] {
  const { declaration, object, secret, transport, clock } = options;
  checkDeclaration(declaration, object);
  return declaration.environments.map(({ name: environment, url, auth: declared }) => {
    const name = `${object} (${environment})`;
    const clientFor = (origin: string, peer: string) => createHttpClient({ transport, url: origin, peer });
    const auth = createAuth(declared, {
      secret,
      clientFor: (origin) => clientFor(origin, `the token endpoint of ${name}`),
      monotonic: () => clock.monotonic(),
    });
    const client = clientFor(url, name);
    return [
      environment,
      createHttpIssuer({ declaration, environment, client, auth, name, now: () => clock.now() }),
    ] as const;
  });
}
