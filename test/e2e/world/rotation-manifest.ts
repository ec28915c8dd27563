/** What a rotation in a tenant's namespace is to be, where it differs from the usual. */
export interface RotationWish {
  readonly namespace: string;
  readonly name: string;
  /** Default: the path `<namespace>/<name>` in Vault. */
  readonly target?: RotationTarget;
  /** Each reports by its ServiceAccount of the same name; those that prove do that besides. Default: `app` reports. */
  readonly consumers?: Readonly<Record<string, { readonly proves?: boolean }>>;
  /** Nobody reports: the old key dies so long after the new one was published. */
  readonly overlap?: string;
  /** Cron in UTC; default: none. */
  readonly cron?: string | undefined;
  readonly deletionPolicy?: 'Retain' | 'Revoke';
  /** Default: 0s. */
  readonly gracePeriod?: string;
}

/** A place in one of the tenant's two stores. */
export interface RotationTarget {
  readonly store: 'vault' | 'secrets';
  readonly path: string;
}

/** The fields of a target, and what is in them. */
export const FIELDS = {
  API_KEY: 'key',
  API_KEY_ID: 'keyID',
  API_KEY_REVISION: 'revision',
  ROTATION_UID: 'rotationUID',
};

/** The manifest, as JSON. Live, of the organization of the namespace's name, with permission `payments:read`. */
export function rotationManifest(wish: RotationWish): string {
  const { namespace, name, cron, overlap, deletionPolicy = 'Retain', gracePeriod = '0s' } = wish;
  const { target = { store: 'vault', path: `${namespace}/${name}` }, consumers = { app: {} } } = wish;
  const spec = {
    issuerRef: { name: 'apio' },
    key: { environment: 'Live', organization: namespace, permissions: ['payments:read'] },
    ...(cron !== undefined && { schedule: { cron, timeZone: 'UTC' } }),
    targets: [{ name: target.store, storeRef: { name: target.store }, path: target.path, fields: FIELDS }],
    ...(overlap === undefined ? { consumers: evidenceOf(consumers) } : { withoutEvidence: { overlap } }),
    migration: { gracePeriod },
    deletionPolicy,
  };
  const metadata = { name, namespace };
  return JSON.stringify({ apiVersion: 'apikeyrotation.io/v1alpha1', kind: 'ApiKeyRotation', metadata, spec });
}

function evidenceOf(consumers: NonNullable<RotationWish['consumers']>): readonly object[] {
  return Object.entries(consumers).map(([name, { proves }]) => ({
    name,
    evidence: [{ type: 'Report', report: { serviceAccountName: name } }, ...(proves ? [{ type: 'Proof' }] : [])],
  }));
}
