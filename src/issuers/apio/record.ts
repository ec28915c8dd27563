import { asStrings, isRecord } from '../../http/json.ts';
import { isKeyID } from '../key-id.ts';
import type { KeyRecord, KeyUsage } from '../port.ts';

const STATUSES: Readonly<Record<string, KeyRecord['status']>> = {
  active: 'Active',
  revoked: 'Revoked',
  expired: 'Expired',
};

/** A key as the API describes it; undefined where the answer lacks something or has a status that we do not know. */
export function readKeyRecord(body: unknown): KeyRecord | undefined {
  if (!isRecord(body) || !isKeyID(body.id) || typeof body.environment !== 'string') return undefined;
  const permissions = asStrings(body.permissions);
  const status = typeof body.status === 'string' ? STATUSES[body.status] : undefined;
  if (!permissions || !status) return undefined;
  return {
    keyID: body.id,
    environment: body.environment,
    permissions,
    status,
    ...optional('organization', body.organization),
    ...optional('label', body.label),
    ...optional('issuedAt', body.createdAt),
    ...optional('expiresAt', body.expiresAt),
  };
}

/** When the key was used last; what is there and is no text is none that could be read. */
export function readLastUse(body: unknown): Pick<KeyUsage, 'lastUsedAt'> {
  const value = isRecord(body) ? (body.lastUsedAt ?? undefined) : undefined;
  return value === undefined ? {} : { lastUsedAt: String(value) };
}

function optional<N extends string>(name: N, value: unknown): { readonly [K in N]?: string } {
  return typeof value === 'string' ? ({ [name]: value } as { readonly [K in N]: string }) : {};
}
