import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ApiKeyIssuer } from '../../../src/api/types.ts';
import { createHttpTransport } from '../../../src/http/transport.ts';
import type { HttpDeclaration } from '../../../src/issuers/http/declaration.ts';
import { createHttpWorlds } from '../../../src/issuers/http/http-worlds.ts';
import type { Issuer } from '../../../src/issuers/port.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { startVendor, type Vendor, type VendorServer } from '../../doubles/vendors/vendor-server.ts';

/** A recipe of examples/issuers that speaks to a stub of its vendor. */
export interface RecipeSetup {
  readonly server: VendorServer;
  readonly issuer: Issuer;
  /** The same with other credentials, by the keys of the Secrets; or with another declaration. */
  issuerWith(
    secrets: Readonly<Record<string, string>>,
    change?: (declaration: HttpDeclaration) => HttpDeclaration,
  ): Issuer;
  close(): Promise<void>;
}

/** What a recipe is tried with. */
export interface RecipeOptions {
  /** Name of the file in examples/issuers, without its ending. */
  readonly file: string;
  readonly vendor: Vendor;
  /** The texts of the Secrets that it names, by their keys. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** The first environment of a recipe, at the stub. */
export async function setUpRecipe({ file, vendor, secrets, parameters = {} }: RecipeOptions): Promise<RecipeSetup> {
  const server = await startVendor(vendor);
  const timeouts = { connectMs: 2_000, headersMs: 2_000, bodyMs: 2_000, callMs: 2_000 };
  const transport = createHttpTransport({ timeouts });
  const declaration = at(server.url, readRecipe(file));

  function issuerWith(
    texts: Readonly<Record<string, string>>,
    change = (declared: HttpDeclaration) => declared,
  ): Issuer {
    const [world] = createHttpWorlds({
      declaration: change(declaration),
      object: `ApiKeyIssuer payments/${file}`,
      secret:
        ({ key }) =>
        async () =>
          new SecretValue(texts[key] ?? 'no-such-credential'),
      transportFor: () => transport,
      clock: { now: () => Date.UTC(2030, 0, 1), monotonic: () => performance.now() },
    });
    if (!world) throw new Error(`${file} declares no environment`);
    return world[1](parameters);
  }

  return {
    server,
    issuer: issuerWith(secrets),
    issuerWith,
    close: async () => {
      await server.close();
      await transport.close();
    },
  };
}

function readRecipe(file: string): HttpDeclaration {
  const path = join(import.meta.dirname, '../../../examples/issuers', `${file}.yaml`);
  const { spec }: ApiKeyIssuer = parse(readFileSync(path, 'utf8'));
  if (!spec.http) throw new Error(`${file} is no issuer of type HTTP`);
  return spec.http;
}

/** The same declaration for a vendor that is somewhere else. */
function at(url: string, declaration: HttpDeclaration): HttpDeclaration {
  const environments = declaration.environments.slice(0, 1).map((environment) => {
    const { oauth2 } = environment.auth;
    const token = oauth2 && { oauth2: { ...oauth2, tokenURL: `${url}${new URL(oauth2.tokenURL).pathname}` } };
    return { ...environment, url, auth: { ...environment.auth, ...token } };
  });
  return { ...declaration, environments };
}
