import type { ApiKeyIssuer } from './types.ts';

/** One world of an issuer. */
export interface IssuerEnvironment {
  readonly name: string;
  /** Names of the Secrets, in the issuer's namespace, that have the operator's credentials for it. */
  readonly secretNames: readonly string[];
}

/** The worlds that an issuer declares, whatever its type. */
export function environmentsOf({ spec }: Pick<ApiKeyIssuer, 'spec'>): readonly IssuerEnvironment[] {
  const apio = (spec.apio?.environments ?? []).map(({ name, credentials }) => ({
    name,
    secretNames: [credentials.secretRef.name],
  }));
  const http = (spec.http?.environments ?? []).map(({ name, auth: { bearer, basic, headers = [], oauth2 } }) => {
    const holders = [bearer, basic?.username, basic?.password, ...headers, oauth2?.clientID, oauth2?.clientSecret];
    return { name, secretNames: holders.flatMap((holder) => (holder ? [holder.secretRef.name] : [])) };
  });
  const support = (spec.support?.environments ?? []).map(({ name }) => {
    const { credentials } = spec.support?.webhook ?? {};
    return { name, secretNames: credentials ? [credentials.secretRef.name] : [] };
  });
  return [...apio, ...http, ...support];
}
