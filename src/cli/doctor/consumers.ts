import { GROUP } from '../../api/names.ts';
import type { ApiKeyRotation } from '../../api/types.ts';
import { type Pod as EvidencePod, isLive, podView } from '../../evidence/pod-view.ts';
import { isPodOf, type ReportRule } from '../../evidence/report.ts';
import { pods, serviceAccounts } from '../../runtime/kube/resources.ts';
import { look } from '../look.ts';
import { listAll } from '../rotations.ts';
import { commandOf } from '../view/next.ts';
import { type Check, denied, type Examined, type Finding, fault, ok } from './finding.ts';

const CHECK = 'consumers';

interface Pod extends EvidencePod {
  readonly spec?: {
    readonly serviceAccountName?: string;
    readonly containers?: readonly { readonly volumeMounts?: readonly { readonly name: string }[] }[];
    readonly volumes?: readonly {
      readonly name: string;
      readonly projected?: {
        readonly sources?: readonly { readonly serviceAccountToken?: { readonly audience?: string } }[];
      };
    }[];
  };
}

/** Pods that have to report have a token to do it with: of their ServiceAccount, for our audience, mounted. */
export const consumers: Check = async (examined) => {
  const found: Finding[] = [];
  for (const rotation of examined.rotations) {
    for (const { name, evidence } of rotation.spec.consumers ?? []) {
      const { report } = evidence.find(({ type }) => type === 'Report') ?? {};
      if (report) found.push(await judge(examined, rotation, name, report));
    }
  }
  return found;
};

async function judge(
  { session, audience }: Examined,
  rotation: ApiKeyRotation,
  consumer: string,
  rule: ReportRule,
): Promise<Finding> {
  const { namespace } = session;
  const about = `consumer ${consumer} of ${rotation.metadata.name}`;
  const account = rule.serviceAccountName;
  const there = await look(session.kube.get({ resource: serviceAccounts, namespace, name: account }));
  if (there === undefined) {
    return fault(
      CHECK,
      about,
      `there is no ServiceAccount ${account}`,
      `kubectl -n ${namespace} create serviceaccount ${account}`,
    );
  }
  const all = await look(listAll<Pod>(session, pods, namespace));
  if (all === 'Denied' || all === undefined) return denied(CHECK, about, 'list the pods of');
  const its = all.filter((pod) => {
    const view = podView(pod);
    return isLive(view) && isPodOf(rule, view);
  });
  if (its.length === 0 && rule.whenNoPods !== 'Count') {
    const message = `no live pod of ServiceAccount ${account} with its labels: a rotation would wait for one`;
    return fault(
      CHECK,
      about,
      message,
      'correct report.podSelector, start the workload, or set report.whenNoPods: Count',
    );
  }
  const mute = its.filter((pod) => !hasToken(pod, audience)).map(({ metadata }) => metadata.name);
  if (mute.length === 0) return ok(CHECK, about, `${its.length} pods have a token to report with`);
  const message = `no token for audience ${audience} is mounted in ${mute.slice(0, 3).join(', ')}${mute.length > 3 ? '…' : ''}: they cannot report`;
  return fault(
    CHECK,
    about,
    message,
    commandOf(rotation, `scaffold --consumer ${consumer}${audience === GROUP ? '' : ` --audience ${audience}`}`),
  );
}

function hasToken({ spec }: Pod, audience: string): boolean {
  const volumes = (spec?.volumes ?? []).filter(({ projected }) =>
    projected?.sources?.some(({ serviceAccountToken }) => serviceAccountToken?.audience === audience),
  );
  const mounted = new Set(spec?.containers?.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name)));
  return volumes.some(({ name }) => mounted.has(name));
}
