import { ConsumerError } from './errors.ts';

/** A key as it is stored, with what the operator may store beside it. */
export interface LoadedKey {
  /** The text of the key. */
  readonly key: string;
  /** uid of the ApiKeyRotation, where the target has a field for `rotationUID`. */
  readonly rotationUID?: string | undefined;
  /** The rotation that published the key, where the target has a field for `revision`. */
  readonly revision?: number | undefined;
}

/** Reads the key anew at each call. */
export type LoadFunction = (signal: AbortSignal) => LoadedKey | string | Promise<LoadedKey | string>;

/** Where the key comes from. */
export interface KeyLoader {
  readonly load: LoadFunction;
  /** Calls back when the key may have changed, as far as that can be noticed; the returned function ends it. */
  readonly watch?: (onChange: () => void) => () => void;
}

/** Which stored field holds what. */
export interface KeyFields {
  /** Default `key`. */
  readonly key?: string;
  /** Default `rotationUID`. */
  readonly rotationUID?: string;
  /** Default `revision`. */
  readonly revision?: string;
}

/** What a load function returned, as a LoadedKey. */
export function normalize(loaded: LoadedKey | string): LoadedKey {
  const { key, rotationUID, revision } = typeof loaded === 'string' ? { key: loaded } : loaded;
  if (typeof key !== 'string' || key === '') throw new ConsumerError('NoKey', 'The loader returned no key');
  return { key, rotationUID, revision };
}

/** The key among stored fields; `place` tells where they were found. */
export function pickKey(stored: Readonly<Record<string, unknown>>, fields: KeyFields, place: string): LoadedKey {
  const keyField = fields.key ?? 'key';
  const key = stored[keyField];
  if (typeof key !== 'string' || key === '') {
    throw new ConsumerError(
      'NoKey',
      `${place} has no field ${keyField}: name the field that holds the key in fields.key`,
    );
  }
  const rotationUID = stored[fields.rotationUID ?? 'rotationUID'];
  return {
    key,
    rotationUID: typeof rotationUID === 'string' && rotationUID !== '' ? rotationUID : undefined,
    revision: wholeNumber(stored[fields.revision ?? 'revision']),
  };
}

function wholeNumber(value: unknown): number | undefined {
  return /^\d{1,9}$/.test(String(value)) ? Number(value) : undefined;
}
