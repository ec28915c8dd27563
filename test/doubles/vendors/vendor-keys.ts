/** A key as a stub of a vendor's API keeps it. */
export interface VendorKey {
  readonly id: string;
  readonly text: string;
  /** The name or description that it was issued with. */
  readonly label: string;
  readonly permissions: readonly string[];
  /** RFC 3339. */
  readonly createdAt: string;
  readonly expiresAt: string | undefined;
  isAlive: boolean;
  /** RFC 3339; undefined where nobody has called with it, or the vendor does not write that down. */
  lastUsedAt?: string;
}

/** What a vendor keeps. */
export interface VendorKeys {
  readonly all: readonly VendorKey[];
  issue(told: { id: string; text: string; label: unknown; permissions?: unknown; expiresAt?: unknown }): VendorKey;
  byID(id: string | undefined): VendorKey | undefined;
  /** The living key of this text. */
  byText(text: string | undefined): VendorKey | undefined;
}

export function createVendorKeys(): VendorKeys {
  const all: VendorKey[] = [];
  return {
    all,
    issue({ id, text, label, permissions = [], expiresAt }) {
      const key: VendorKey = {
        id,
        text,
        label: asText(label),
        permissions: Array.isArray(permissions) ? permissions.map(asText) : [],
        createdAt: '2030-01-02T03:04:05Z',
        expiresAt: expiresAt === undefined ? undefined : asText(expiresAt),
        isAlive: true,
      };
      all.push(key);
      return key;
    },
    byID: (id) => all.find((key) => key.id === id),
    byText: (text) => all.find((key) => key.isAlive && key.text === text),
  };
}

/** A vendor that is sent something else than a text refuses it; here it fails the test. */
function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`expected a text, was sent ${JSON.stringify(value)}`);
}
