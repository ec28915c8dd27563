import type { KeySpec, Requester } from '../port.ts';
import type { Entry } from './register.ts';

/** An event shows no more than this. */
const MAX_LENGTH = 1_000;
/** The status holds no more. */
const MAX_STORED = 2_048;

/**
 * What people are asked for when a key is wanted: all that the APIO documentation says a request has to name. Permissions of which there
 * are too many to be shown are counted; the command that answers the request is always whole.
 */
export function keyRequestText(
  spec: KeySpec,
  requester: Requester,
  { label, secretName }: { readonly label: string; readonly secretName: string },
): string {
  const { namespace, name } = requester;
  const give = ` Give it to ApiKeyRotation ${namespace}/${name} in Secret ${secretName}, fields key and keyID: kubectl -n ${namespace} create secret generic ${secretName} --from-literal=keyID=ID --from-file=key=/dev/stdin (request ${label.split('/').at(-1)})`;
  const counts = spec.permissions.map((_, index) => spec.permissions.length - index);
  const most = counts.find((count) => wantedText(spec, requester, count).length + give.length <= MAX_LENGTH) ?? 0;
  return wantedText(spec, requester, most).slice(0, MAX_STORED - give.length) + give;
}

/** The key that is asked for, and why; no list in it has more than `most` permissions. */
function wantedText(spec: KeySpec, { namespace, name, reason, replaces, isUrgent }: Requester, most: number): string {
  const { organization, environment, permissions } = spec;
  const please = isUrgent ? 'URGENT, a key has leaked. Please issue' : 'Please issue';
  const of = organization === undefined ? '' : `organization ${organization}, `;
  const all = `all: kubectl -n ${namespace} get akr ${name} -o jsonpath='{.spec.key.permissions}'`;
  const rest = permissions.length > most ? ` (${all})` : '';
  const why = reason === undefined ? '' : ` Reason: ${reason}.`;
  return `${please} an API key: ${of}environment ${environment}, permissions ${list(permissions, most)}${rest}.${changeText(spec, replaces, most)}${why}`;
}

/** The key that is replaced is needed until its consumers have moved: nobody may revoke it yet. */
function changeText({ permissions }: KeySpec, replaces: Requester['replaces'], most: number): string {
  if (!replaces) return '';
  const added = permissions.filter((each) => !replaces.permissions.includes(each));
  const removed = replaces.permissions.filter((each) => !permissions.includes(each));
  const change = [
    ...(added.length > 0 ? [`added ${list(added, most)}`] : []),
    ...(removed.length > 0 ? [`removed ${list(removed, most)}`] : []),
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

function list(permissions: readonly string[], most: number): string {
  const sorted = [...permissions].sort();
  if (sorted.length <= most) return sorted.join(', ') || 'none';
  const shown = sorted.slice(0, most).map((each) => `${each}, `);
  return `${shown.join('')}… ${sorted.length - most} more`;
}
