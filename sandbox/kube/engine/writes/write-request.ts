import type { Json } from '../json.ts';
import type { KubeObject } from '../object.ts';

/** How a write treats fields that the schema does not know, and whether it takes effect. */
export interface WriteOptions {
  fieldValidation?: 'Strict' | 'Warn' | 'Ignore' | undefined;
  dryRun?: boolean | undefined;
  /** The paths of fields that the text of the body had more than once. */
  duplicates?: string[] | undefined;
  /** Told of unknown fields under Warn, the default. */
  warn?: ((message: string) => void) | undefined;
}

/** A write to an existing object; `via` tells patches, which may leave out what PUT must name. */
export interface Update {
  old: KubeObject;
  body: Json;
  via: 'put' | 'patch';
  subresource?: string | undefined;
}
