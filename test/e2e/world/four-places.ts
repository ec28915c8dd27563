import { parseMarker } from '../../../src/key/marker.ts';
import { MARKER_ANNOTATION } from '../../../src/stores/kubernetes/secret-data.ts';
import { MARKER_FIELD } from '../../../src/stores/vault/vault-fields.ts';
import type { ClusterObject } from './cluster.ts';
import type { Regions, Stored } from './regions.ts';
import { FIELDS } from './rotation-manifest.ts';
import type { Tenant } from './tenant.ts';
import type { World } from './world.ts';

/** A place each for one key, in the order in which it gets there. */
export const PLACES = ['eu-north-1', 'secret', 'vault', 'eu-west-1'] as const;
export const PLACE_REGIONS = ['eu-north-1', 'eu-west-1'] as const;

/** One of them. */
export type Place = (typeof PLACES)[number];

/** Two regions of AWS, a Secret and Vault, as targets of one rotation. */
export interface FourPlaces {
  /** For spec; each is named after its place. */
  readonly targets: readonly object[];
  /** As it is; throws where there is nothing. */
  read(place: Place): Promise<Stored>;
}

/** The Secret that the Role of docs/operator-rights.md names. */
export const SECRET = 'payments-apio';
/** In Vault, below the namespace. */
export const VAULT_PATH = 'apio';

/** Declares the stores that a tenant does not have anyway. */
export async function fourPlaces(
  { cluster }: World,
  { namespace, served }: Tenant,
  regions: Regions<(typeof PLACE_REGIONS)[number]>,
): Promise<FourPlaces> {
  await cluster.apply(regions.storesIn(namespace));
  const inRegion = `${namespace}/apio`;
  const paths: Readonly<Record<Place, string>> = {
    'eu-north-1': inRegion,
    secret: SECRET,
    vault: `${namespace}/${VAULT_PATH}`,
    'eu-west-1': inRegion,
  };
  const readers: Readonly<Record<Place, () => Promise<Stored | undefined>>> = {
    'eu-north-1': () => regions.read('eu-north-1', inRegion),
    secret: async () => decoded(await cluster.get<SecretObject>(`/api/v1/namespaces/${namespace}/secrets/${SECRET}`)),
    vault: async () => {
      const { data: fields } = (await served(VAULT_PATH)) ?? {};
      return fields && { fields, marker: parseMarker(fields[MARKER_FIELD] ?? '') };
    },
    'eu-west-1': () => regions.read('eu-west-1', inRegion),
  };
  return {
    targets: PLACES.map((name) => ({
      name,
      storeRef: { name: name === 'secret' ? 'secrets' : name },
      path: paths[name],
      fields: FIELDS,
    })),
    async read(place) {
      const stored = await readers[place]();
      if (!stored) throw new Error(`there is nothing at ${place}`);
      return stored;
    },
  };
}

interface SecretObject extends ClusterObject {
  readonly metadata: ClusterObject['metadata'] & { readonly annotations?: Readonly<Record<string, string>> };
  readonly data: Readonly<Record<string, string>>;
}

function decoded(secret: SecretObject | undefined): Stored | undefined {
  if (!secret) return undefined;
  const fields = Object.entries(secret.data).map(([name, base64]) => [name, atob(base64)]);
  return {
    fields: Object.fromEntries(fields),
    marker: parseMarker(secret.metadata.annotations?.[MARKER_ANNOTATION] ?? ''),
  };
}
