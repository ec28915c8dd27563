import type { ClusterKeyStore } from '../../api/types.ts';
import { forNamespace, isForNamespace } from './pattern.ts';

/** Lets rotations of some namespaces read and write the paths below a prefix. */
export type PathGrant = NonNullable<ClusterKeyStore['spec']['grants']>[number];

/** The same grammar as that of `path` in the CRD: whoever wrote a status may not have asked it. */
const PATH = /^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/;

/** The prefixes that grants give a namespace, each with a slash at its end. */
export function grantedPrefixes(grants: readonly PathGrant[], namespace: string): readonly string[] {
  return grants
    .filter((grant) => isForNamespace(grant, namespace))
    .map(({ pathPrefix }) => forNamespace(pathPrefix, namespace))
    .filter((prefix) => prefix.endsWith('/') && isPath(prefix.slice(0, -1)));
}

/**
 * Whether a rotation of this namespace may read and write this path. A path is compared as it is sent to the store, so that nothing
 * in it may mean another one there: no empty segment, no `.` or `..`, nothing encoded, and a prefix ends where a segment does.
 */
export function isPathGranted(grants: readonly PathGrant[], namespace: string, path: string): boolean {
  return isPath(path) && grantedPrefixes(grants, namespace).some((prefix) => path.startsWith(prefix));
}

function isPath(text: string): boolean {
  return PATH.test(text) && !text.split('/').some((segment) => segment === '.' || segment === '..');
}
