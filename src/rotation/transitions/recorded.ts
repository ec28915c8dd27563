import type { PlannedTarget, TargetVersion } from '../../api/types.ts';

/** A target and its version as status records them with a key. */
export function recordedTarget(
  { name, storeKind, storeName, storeUID, address, path, fields }: PlannedTarget,
  written: { readonly version?: string; readonly createdTime?: string } | undefined,
): TargetVersion {
  const { version, createdTime } = written ?? {};
  return {
    name,
    ...(storeKind === undefined ? {} : { storeKind }),
    storeName,
    storeUID,
    address,
    path,
    keyField: keyFieldOf(fields),
    ...(version === undefined ? {} : { version }),
    ...(createdTime === undefined ? {} : { createdTime }),
  };
}

/** The field of a target that holds the key's text. */
export function keyFieldOf(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields).find(([, source]) => source === 'key')?.[0] ?? 'key';
}
