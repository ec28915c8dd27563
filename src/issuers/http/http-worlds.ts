import { createHttpClient } from '../../http/client.ts';
import type { HttpTransport } from '../../http/transport.ts';
import { readParameters } from '../parameters.ts';
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
  /** Connections that trust these certificates (PEM), or those that the operator trusts. */
  readonly transportFor: (ca: string | undefined) => HttpTransport;
  readonly clock: { now(): number; monotonic(): number };
}

/** One world, for keys of these parameters; without parameters good for `check` only. Throws CallError where others are wanted. */
export type HttpWorld = (parameters?: Readonly<Record<string, string>>) => Issuer;

/** The worlds of a declared API, by the names of their environments. Throws CallError where the declaration describes none. */
export function createHttpWorlds(options: HttpWorldsOptions): readonly (readonly [name: string, world: HttpWorld])[] {
  const { declaration, object } = options;
  checkDeclaration(declaration, object);
  return declaration.environments.map((environment) => [environment.name, createWorld(options, environment)] as const);
}

/** Connection and tokens are the same for all parameters. */
function createWorld(
  { declaration, object, secret, transportFor, clock }: HttpWorldsOptions,
  { name: environment, url, ca, values = {}, auth: declared }: HttpDeclaration['environments'][number],
): HttpWorld {
  const name = `${object} (${environment})`;
  const transport = transportFor(ca);
  const clientFor = (origin: string, peer: string) =>
    createHttpClient({ transport, url: origin, peer, showsCodes: false });
  const auth = createAuth(declared, {
    secret,
    clientFor: (origin) => clientFor(origin, `the token endpoint of ${name}`),
    monotonic: () => clock.monotonic(),
  });
  const client = clientFor(url, name);
  const ofAll = Object.fromEntries(Object.entries(values).map(([each, value]) => [`values.${each}`, value]));
  return (given) => {
    const parameters = given ? readParameters(declaration.parameters ?? [], given, object) : {};
    const names = { environment, ...ofAll, ...parameters };
    return createHttpIssuer({ declaration, environment, client, auth, name, names, now: () => clock.now() });
  };
}
