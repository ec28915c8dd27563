import { isRecord } from '../../http/json.ts';
import { isKeyID } from '../key-id.ts';
import { matchesPattern } from '../pattern.ts';
import type { KeyRecord, KeyUsage } from '../port.ts';
import type { DeclaredKey } from './declaration.ts';
import { readLabel } from './label.ts';
import { pointTo } from './pointer.ts';

/** A key as the vendor describes it; undefined where the description lacks its id or its permissions. */
export function readKeyRecord(declared: DeclaredKey, environment: string, told: unknown): KeyRecord | undefined {
  const permissions = readPermissions(declared.permissions, told);
  const listed = readListedKey(declared, environment, told);
  return listed && permissions ? { ...listed, permissions } : undefined;
}

/** A key as a list shows it, which often leaves its permissions out. */
export function readListedKey(declared: DeclaredKey, environment: string, told: unknown): KeyRecord | undefined {
  const keyID = readKeyID(told, declared);
  if (keyID === undefined) return undefined;
  return {
    keyID,
    environment,
    permissions: readPermissions(declared.permissions, told) ?? [],
    status: stateOf(declared, told),
    ...optional('label', readKeyLabel(declared, told)),
    ...optional('organization', textAt(told, declared.organization)),
    ...readTimes(declared, told),
  };
}

/** The label of what a list shows, in our own form where it is one of ours. */
export function readKeyLabel(declared: DeclaredKey, told: unknown): string | undefined {
  const text = textAt(told, declared.label);
  return text === undefined ? undefined : readLabel(text, declared.labelSeparator ?? '/');
}

/** The id at its pointer, where it is one and looks as ids of this vendor do; vendors that count write a number. */
export function readKeyID(
  document: unknown,
  { keyID, keyIDPattern }: Pick<DeclaredKey, 'keyID' | 'keyIDPattern'>,
): string | undefined {
  const value = pointTo(document, keyID);
  const text = Number.isSafeInteger(value) ? String(value) : value;
  if (!isKeyID(text)) return undefined;
  return keyIDPattern === undefined || matchesPattern(keyIDPattern, text) ? text : undefined;
}

/** When the key was made and when it ends, by an answer that need not describe it in full. */
export function readTimes(declared: DeclaredKey, told: unknown): Pick<KeyRecord, 'issuedAt' | 'expiresAt'> {
  return {
    ...optional('issuedAt', timeAt(told, declared.issuedAt)),
    ...optional('expiresAt', timeAt(told, declared.expiresAt)),
  };
}

/** When the key was used last. Vendors write null, 0 or nothing for never; what else is no time is told as it is, and is none either. */
export function readLastUse(declared: DeclaredKey, told: unknown): Pick<KeyUsage, 'lastUsedAt'> {
  if (declared.lastUsedAt === undefined) return { lastUsedAt: 'not declared' };
  const value = pointTo(told, declared.lastUsedAt) ?? undefined;
  if (value === undefined || value === 0 || value === '') return {};
  return { lastUsedAt: timeAt(told, declared.lastUsedAt) ?? 'no time' };
}

function readPermissions(declared: DeclaredKey['permissions'], told: unknown): readonly string[] | undefined {
  const { pointer, member, ignored = [], all } = declared;
  if (pointer === undefined) return all;
  const items = pointTo(told, pointer);
  if (!Array.isArray(items)) return undefined;
  const names = items.map((item) => (member === undefined ? item : isRecord(item) ? item[member] : undefined));
  const isText = (name: unknown): name is string => typeof name === 'string';
  return names.every(isText) ? names.filter((name) => !ignored.includes(name)) : undefined;
}

/** Alive until something says otherwise: a key that is taken for dead is never revoked. */
function stateOf({ states = [] }: DeclaredKey, told: unknown): KeyRecord['status'] {
  return states.find(({ pointer, equals }) => scalarText(pointTo(told, pointer)) === equals)?.state ?? 'Active';
}

function scalarText(value: unknown): string | undefined {
  return value === undefined || (typeof value === 'object' && value !== null) ? undefined : String(value);
}

function textAt(told: unknown, pointer: string | undefined): string | undefined {
  const value = pointer === undefined ? undefined : pointTo(told, pointer);
  return typeof value === 'string' ? value : undefined;
}

const MILLISECONDS_FROM = 100_000_000_000;

/** RFC 3339 of a text, or of a number of seconds or milliseconds since 1970; vendors write 0 or null for never. */
function timeAt(told: unknown, pointer: string | undefined): string | undefined {
  const value = pointer === undefined ? undefined : pointTo(told, pointer);
  const ms = typeof value === 'number' ? value * (value < MILLISECONDS_FROM ? 1_000 : 1) : parseTime(value);
  const isTime = ms > 0 && ms < 253_402_300_800_000;
  return isTime ? new Date(ms).toISOString() : undefined;
}

function parseTime(value: unknown): number {
  return typeof value === 'string' ? Date.parse(value) : Number.NaN;
}

/** A member of that name where there is a value for it. */
export function optional<N extends string>(name: N, value: string | undefined): { readonly [K in N]?: string } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [K in N]: string });
}
