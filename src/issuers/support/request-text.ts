import type { KeySpec, Requester } from '../port.ts';
import type { Entry } from './register.ts';

/** What people are asked for when a key is wanted: all that the APIO documentation says a request has to name. */
export function keyRequestText(
  spec: KeySpec,
  { namespace, name, reason, replaces, isUrgent }: Requester,
  { label, secretName }: { readonly label: string; readonly secretName: string },
): string {
  const of = spec.organization === undefined ? '' : `organization ${spec.organization}, `;
  const wanted = `${isUrgent ? 'URGENT, a key has leaked. ' : ''}Please issue an API key: ${of}environment ${spec.environment}, permissions ${list(spec.permissions)}`;
  const why = reason === undefined ? '' : ` Reason: ${reason}.`;
  const give = `Give it to ApiKeyRotation ${namespace}/${name} in Secret ${secretName}, fields key and keyID: kubectl -n ${namespace} create secret generic ${secretName} --from-literal=keyID=ID --from-file=key=/dev/stdin`;
  return `${wanted}.${changeText(spec, replaces)}${why} ${give} (request ${label.split('/').at(-1)})`.slice(0, 2_048);
}

/** The key that is replaced is needed until its consumers have moved: nobody may revoke it yet. */
function changeText({ permissions }: KeySpec, replaces: Requester['replaces']): string {
  if (!replaces) return '';
  const added = permissions.filter((each) => !replaces.permissions.includes(each));
  const removed = replaces.permissions.filter((each) => !permissions.includes(each));
  const change = [
    ...(added.length > 0 ? [`added ${list(added)}`] : []),
    ...(removed.length > 0 ? [`removed ${list(removed)}`] : []),
  ];
  const changed = change.length === 0 ? '' : ` (${change.join(', ')})`;
  return ` It replaces key ${replaces.keyID}${changed}, which must stay alive until its revocation is asked for.`;
}

/** What people are asked for when nobody needs a key any more. */
export function revocationText(
  { environment, organization }: Pick<Entry, 'environment' | 'organization'>,
  keyID: string,
  { namespace, name, isUrgent }: Requester,
  annotation: string,
): string {
  const of = organization === undefined ? '' : `organization ${organization}, `;
  const please = isUrgent ? 'URGENT, it has leaked. Please revoke' : 'Please revoke';
  const confirm = `kubectl -n ${namespace} annotate --overwrite akr ${name} ${annotation}=${keyID}`;
  return `${please} API key ${keyID} (${of}environment ${environment}): nothing uses it any more. Then, unless it is seen dead before: ${confirm}`;
}

function list(permissions: readonly string[]): string {
  return [...permissions].sort().join(', ') || 'none';
}
