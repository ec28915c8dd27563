import type { ApiKeyRotation, ConsumerSpec } from '../api/types.ts';
import type { PodView } from '../evidence/pod-view.ts';
import { isPodOf } from '../evidence/report.ts';
import { ApiError } from './api-error.ts';

/** Who asks to speak for a consumer. */
export interface Speaker {
  /** The name of the consumer, where given. */
  readonly consumer: string | undefined;
  /** The authenticated pod, where a bearer was given. */
  readonly pod: PodView | undefined;
}

/** Whether the consumer's evidence contains this type. */
export function needs(consumer: ConsumerSpec, type: 'Report' | 'Proof'): boolean {
  return consumer.evidence.some((evidence) => evidence.type === type);
}

/** The consumer that the pod is one of, or that is named; throws ApiError where it is none or more than one. */
export function findConsumer(rotation: ApiKeyRotation, { consumer, pod }: Speaker): ConsumerSpec {
  const all = rotation.spec.consumers ?? [];
  return consumer === undefined ? theOneOf(pod, all, rotation) : theNamed(consumer, pod, all, rotation);
}

function theOneOf(pod: PodView | undefined, all: readonly ConsumerSpec[], rotation: ApiKeyRotation): ConsumerSpec {
  if (!pod)
    throw new ApiError(400, 'ConsumerNeeded', 'consumer is missing: a proof without a token names its consumer');
  const [found, ...others] = all.filter((candidate) => isPodOfConsumer(candidate, pod));
  if (!found) throw notAConsumer(pod, rotation);
  if (others.length === 0) return found;
  const names = [found, ...others].map(({ name }) => name).join(', ');
  throw new ApiError(
    400,
    'ConsumerAmbiguous',
    `consumer is missing: pod ${pod.name} is one of ${names}: name which it speaks for`,
  );
}

/** A consumer that gives reports is spoken for by its pods only; one that gives nothing but proofs, by whoever proves. */
function theNamed(
  name: string,
  pod: PodView | undefined,
  all: readonly ConsumerSpec[],
  rotation: ApiKeyRotation,
): ConsumerSpec {
  const found = all.find((candidate) => candidate.name === name);
  if (!found)
    throw new ApiError(
      403,
      'NoSuchConsumer',
      `consumer: ${nameOf(rotation)} has no consumer of that name: correct it, or add it to spec.consumers`,
    );
  if (pod && needs(found, 'Report') && !isPodOfConsumer(found, pod)) throw notAConsumer(pod, rotation);
  return found;
}

function isPodOfConsumer({ evidence }: ConsumerSpec, pod: PodView): boolean {
  return evidence.some(({ report }) => report !== undefined && isPodOf(report, pod));
}

function notAConsumer({ name, serviceAccountName }: PodView, rotation: ApiKeyRotation): ApiError {
  const problem = `Pod ${name} (ServiceAccount ${serviceAccountName}) is not of that consumer of ${nameOf(rotation)}`;
  return new ApiError(
    403,
    'NotAConsumer',
    `${problem}: see report.serviceAccountName and podSelector in spec.consumers`,
  );
}

function nameOf({ metadata }: ApiKeyRotation): string {
  return `ApiKeyRotation ${metadata.namespace}/${metadata.name}`;
}
