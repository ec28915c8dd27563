import { asString, dig } from '../sandbox/kube/engine/json.ts';
import type { KubeObject } from '../sandbox/kube/engine/object.ts';
import type { ApiKeyRotation } from '../src/api/types.ts';
import { type RotationView, viewRotation } from '../src/cli/view/rotation-view.ts';
import { NAMESPACE, ROTATION, SLOW_CONSUMER, SLOW_REVISION } from './cast.ts';
import type { FromConsumer } from './consumer-messages.ts';
import type { Output } from './leak-scan.ts';
import type { AcceptedReport, Publication } from './rotations.ts';
import type { Timeline } from './timeline.ts';
import type { PodCounts } from './verdict.ts';

/** Remembers what was seen of Kubernetes and the consumers, and tells the timeline. */
export interface Witness {
  kubeChange(object: KubeObject): void;
  publication(publication: Publication): void;
  podMessage(pod: string, message: FromConsumer): void;
  /** Undefined before there is one. */
  rotation(): RotationView | undefined;
  publications(): readonly Publication[];
  /** Recorded in Kubernetes, and known to the pod as accepted. */
  reports(): readonly AcceptedReport[];
  isReady(pod: string): boolean;
  /** A call with a key succeeded at this pod. */
  isCalling(pod: string): boolean;
  counts(): readonly PodCounts[];
  totals(): { readonly calls: number; readonly failed: number };
  slowConsumerNamed(): boolean;
  /** Every version of every object that was seen. */
  outputs(): readonly Output[];
}

/** What a witness tells, and to whom. */
export interface WitnessOptions {
  readonly timeline: Timeline;
  readonly now: () => number;
  /** Called after everything that was seen. */
  readonly onChange: () => void;
}

/** A witness who has seen nothing yet. */
export function createWitness({ timeline, now, onChange }: WitnessOptions): Witness {
  const outputs: Output[] = [];
  const publications: Publication[] = [];
  const recorded = new Map<string, AcceptedReport>();
  const accepted = new Set<string>();
  const ready = new Set<string>();
  const calling = new Set<string>();
  const progress = new Map<string, { calls: number; failed: number }>();
  const counts = new Map<string, PodCounts>();
  let rotation: RotationView | undefined;
  let slowConsumerNamed = false;

  function seeRotation(object: KubeObject): void {
    const before = rotation;
    rotation = viewRotation(object as KubeObject & ApiKeyRotation);
    const { doing, consumers, stalled, revision } = rotation;
    if (doing && doing !== before?.doing) timeline.tell('operator', `${doing}${consumers && ` [${consumers}]`}`);
    if (stalled && stalled !== before?.stalled) timeline.tell('operator', `Stalled: ${stalled}`);
    slowConsumerNamed ||= revision === SLOW_REVISION && new RegExp(`waiting for .*${SLOW_CONSUMER}`).test(doing);
  }
  function seeReport({ spec }: KubeObject): void {
    const pod = asString(dig(spec, 'reporter', 'podName'));
    const revision = Number(dig(spec, 'revision'));
    const id = `${pod} ${revision}`;
    if (pod && !recorded.has(id)) recorded.set(id, { pod, revision, at: now() });
  }
  function seeEvent(event: KubeObject): void {
    timeline.tell('operator', `Event ${asString(event.type)} ${asString(event.reason)}: ${asString(event.message)}`);
  }
  return {
    kubeChange(object) {
      const { kind, metadata } = object;
      outputs.push({ channel: `${kind} ${metadata.namespace ?? '-'}/${metadata.name}`, text: JSON.stringify(object) });
      if (metadata.namespace === NAMESPACE) {
        if (kind === 'ApiKeyRotation' && metadata.name === ROTATION) seeRotation(object);
        if (kind === 'MigrationReport') seeReport(object);
        if (kind === 'Event') seeEvent(object);
      }
      onChange();
    },
    publication(publication) {
      publications.push(publication);
      onChange();
    },
    podMessage(pod, message) {
      if (message.type === 'ready') ready.add(pod);
      if (message.type === 'uses') calling.add(pod);
      if (message.type === 'counted') progress.set(pod, message);
      if (message.type === 'stopped') counts.set(pod, message.counts);
      if (message.type === 'reported' && message.state !== 'Superseded') {
        accepted.add(`${pod} ${message.revision}`);
        if (message.revision > 1)
          timeline.tell('consumer', `${pod} uses the new key only, and its report was accepted`);
      }
      onChange();
    },
    rotation: () => rotation,
    publications: () => publications,
    reports: () => [...recorded].filter(([id]) => accepted.has(id)).map(([, report]) => report),
    isReady: (pod) => ready.has(pod),
    isCalling: (pod) => calling.has(pod),
    counts: () => [...counts.values()],
    totals: () => {
      const all = [...progress.values()];
      return {
        calls: all.reduce((total, { calls }) => total + calls, 0),
        failed: all.reduce((total, { failed }) => total + failed, 0),
      };
    },
    slowConsumerNamed: () => slowConsumerNamed,
    outputs: () => outputs,
  };
}
