import { createHash, hash } from 'node:crypto';
import { formatMarker, type Marker } from '../../key/marker.ts';

/** RFC 9562's name space for URLs. */
const NAMESPACE = '6ba7b8119dad11d180b400c04fd430c8';

/** What a version is named after. */
export interface VersionName {
  readonly address: string;
  readonly path: string;
  readonly marker: Marker;
  /** The text that the version will hold. */
  readonly text: string;
}

/**
 * The ClientRequestToken of a write, which becomes the id of its version: the same attempt with the same value at the same place has
 * the same, so that a repeated write is none; another value has another. A UUID of version 5.
 */
export function versionIdOf({ address, path, marker, text }: VersionName): string {
  const name = `${address} ${path} ${formatMarker(marker)} ${hash('sha256', text)}`;
  const bytes = createHash('sha1').update(Buffer.from(NAMESPACE, 'hex')).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
