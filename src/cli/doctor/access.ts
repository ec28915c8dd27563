import { GROUP } from '../../api/names.ts';
import { selfSubjectAccessReviews } from '../../runtime/kube/resources.ts';
import { type Check, type Examined, type Finding, fault, ok } from './finding.ts';

const CHECK = 'access';
/** Without these the plugin itself is of no use. */
const NEEDED = ['get', 'list', 'watch'] as const;
/** What each verb is asked for. */
const COMMANDS = {
  patch: 'rotate, suspend, resume',
  emergency: 'rotate --emergency',
  rollback: 'rollback',
  approve: 'approve',
  'revocation-confirmed': 'confirm-revoked',
} as const;

/** What whoever asks may do with rotations of the namespace. */
export const access: Check = async (examined) => {
  const { namespace } = examined.session;
  const about = `you, in namespace ${namespace}`;
  const blind = await refused(examined, NEEDED);
  if (blind.length > 0) {
    const remedy = `kubectl -n ${namespace} create rolebinding apikey-view --clusterrole=view --user=YOU, by an administrator`;
    return [fault(CHECK, about, `you may not ${blind.join(', ')} rotations`, remedy)];
  }
  const verbs = await refused(examined, Object.keys(COMMANDS) as (keyof typeof COMMANDS)[]);
  if (verbs.length === 0) return [ok(CHECK, about, 'every command is yours')];
  const lost = verbs.map((verb) => `${verb} (${COMMANDS[verb]})`).join(', ');
  const note: Finding = { check: CHECK, state: 'Note', about, message: `you may not ${lost}` };
  return [{ ...note, remedy: 'docs/requests.md, “Who may ask”, has the roles' }];
};

interface Review {
  readonly spec?: { readonly resourceAttributes: object };
  readonly status?: { readonly allowed?: boolean };
}

async function refused<V extends string>({ session }: Examined, verbs: readonly V[]): Promise<V[]> {
  const denied: V[] = [];
  for (const verb of verbs) {
    const resourceAttributes = { group: GROUP, resource: 'apikeyrotations', namespace: session.namespace, verb };
    const asked = await session.kube.create<Review>(selfSubjectAccessReviews, undefined, {
      spec: { resourceAttributes },
    });
    if (asked.status?.allowed !== true) denied.push(verb);
  }
  return denied;
}
