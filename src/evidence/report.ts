import type { EvidenceSpec } from '../api/types.ts';
import { countingReports, type Sightings, type Verdict } from './evidence.ts';
import { isLive, type PodView } from './pod-view.ts';

/** What spec says of a consumer that gives evidence by reports of its pods. */
export type ReportRule = NonNullable<EvidenceSpec['report']>;

const MAX_NAMES = 10;

/** Whether a pod of this ServiceAccount with these labels is one of the consumer's. */
export function isPodOf(rule: ReportRule, pod: Pick<PodView, 'serviceAccountName' | 'labels'>): boolean {
  const wanted = Object.entries(rule.podSelector?.matchLabels ?? {});
  return (
    pod.serviceAccountName === rule.serviceAccountName && wanted.every(([label, value]) => pod.labels[label] === value)
  );
}

/** Report with `pods: Every`: each live pod of the consumer has reported, by uid, so that a successor of its name counts anew. */
export function assessReport(rule: ReportRule, sightings: Sightings): Verdict {
  if (!sightings.pods) return pending('the pods have not been looked at');
  const live = sightings.pods.filter((pod) => isLive(pod) && isPodOf(rule, pod));
  if (live.length === 0) return withoutPods(rule);
  const reported = new Set(countingReports(sightings, 'Report').map(({ spec }) => spec.reporter?.podUID));
  const missing = live.filter(({ uid }) => uid === '' || !reported.has(uid));
  const share = `${live.length - missing.length} of ${live.length} reported`;
  if (missing.length === 0) return { complete: true, missingPods: [], message: `every live pod reported (${share})` };
  const names = missing.map(({ name }) => name).sort();
  return pending(`waiting for reports of ${podNames(names)} (${share})`, names);
}

function withoutPods({ serviceAccountName, podSelector, whenNoPods }: ReportRule): Verdict {
  const labels = Object.entries(podSelector?.matchLabels ?? {}).map(([label, value]) => `${label}=${value}`);
  const selector = labels.length > 0 ? ` report.podSelector ${labels.join(',')}` : '';
  const nobody = `no live pod of ServiceAccount ${serviceAccountName} matches${selector}`;
  if (whenNoPods === 'Count') return { complete: true, missingPods: [], message: `${nobody}: nothing to migrate` };
  return pending(`waiting for a pod: ${nobody} (report.whenNoPods: Count accepts that)`);
}

function podNames(names: readonly string[]): string {
  const more = names.length - MAX_NAMES;
  const shown = names.slice(0, MAX_NAMES).join(', ');
  return `${names.length === 1 ? 'pod' : 'pods'} ${shown}${more > 0 ? ` and ${more} more` : ''}`;
}

function pending(message: string, missingPods: readonly string[] = []): Verdict {
  return { complete: false, missingPods, message };
}
