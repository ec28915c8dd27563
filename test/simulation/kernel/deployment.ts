import { pods as podResource, secrets, workloadResource } from '../../../src/runtime/kube/resources.ts';
import { OUTSIDE } from '../ledger/ledger.ts';
import type { Stored } from './kube-storage.ts';
import { secretValue } from './secret-value.ts';
import { NAMESPACE, type World } from './world.ts';

/** A Deployment with its controller, and the kubelets of its pods: each reads a Secret when it starts, and never again. */
export interface SimulatedDeployment {
  /** As `kubectl rollout restart` does it. */
  restart(at: string): void;
  /** Changes annotations of the pod template; null takes one away. */
  annotate(annotations: Readonly<Record<string, string | null>>): void;
  /** The annotations of its pod template. */
  annotations(): Readonly<Record<string, string>>;
}

export interface DeploymentOptions {
  readonly name: string;
  readonly replicas: number;
  /** The Secret that its pods read. */
  readonly secret: string;
}

interface Template {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
}

interface Pod {
  readonly name: string;
  readonly uid: string;
  readonly template: string;
  ready: boolean;
  ending: boolean;
}

const deployments = workloadResource('Deployment');
const KUBELET = 'sim/kubelet';
/** A kubelet sees a Secret as it was so long ago. */
const KUBELET_LAG_MS = 1_500;
const OBSERVED_AFTER_MS = 800;
const READY_AFTER_MS = 1_500;
const ENDS_AFTER_MS = 9_000;

export function startDeployment(world: World, { name, replicas, secret }: DeploymentOptions): SimulatedDeployment {
  const { storage, scheduler, ledger } = world;
  const ref = { resource: deployments, namespace: NAMESPACE, name };
  const served: { readonly at: number; readonly text: string | undefined }[] = [];
  let pods: Pod[] = [];
  let [started, observed, isRolling] = [0, 0, false];

  const object = () => storage.find(ref) as Stored & { spec: { template: Template } };
  const templateNow = () => JSON.stringify(object().spec.template.metadata.annotations ?? {});
  const isNew = ({ template }: Pod) => template === templateNow();
  const running = () => pods.filter(({ ending }) => !ending);

  function noteSecret(): void {
    const found = storage.find({ resource: secrets, namespace: NAMESPACE, name: secret });
    served.push({ at: scheduler.now, text: found && secretValue(found).text });
  }

  function startPod(ready: boolean): void {
    started += 1;
    const podName = `${name}-${started}`;
    const template = templateNow();
    const metadata = { name: podName, labels: { app: name }, finalizers: [KUBELET] };
    world.outside(() => {
      const { uid = '' } = storage.create(podResource, NAMESPACE, { metadata, spec: {} }).metadata;
      pods.push({ name: podName, uid, template, ready, ending: false });
      const text = served.findLast(({ at }) => at <= scheduler.now - KUBELET_LAG_MS)?.text ?? served[0]?.text;
      if (text !== undefined) ledger.add(OUTSIDE, { type: 'Loaded', pod: uid, path: secret, text, obedient: true });
    });
  }

  function endPod(pod: Pod): void {
    const podRef = { resource: podResource, namespace: NAMESPACE, name: pod.name };
    pod.ending = true;
    world.outside(() => storage.delete(podRef));
    scheduler.after(ENDS_AFTER_MS, () => {
      pods = pods.filter((each) => each !== pod);
      ledger.add(OUTSIDE, { type: 'PodGone', pod: pod.uid });
      world.outside(() => storage.mergePatch(podRef, { metadata: { finalizers: null } }, 'object'));
    });
  }

  function tell(): void {
    const alive = running();
    const ready = alive.filter((pod) => pod.ready).length;
    const status = {
      observedGeneration: observed,
      replicas: alive.length,
      updatedReplicas: alive.filter(isNew).length,
      readyReplicas: ready,
      availableReplicas: ready,
    };
    world.outside(() => storage.mergePatch(ref, { status }, 'status'));
  }

  /** One pod more of the present template, then one fewer of another, until there are no others. */
  function roll(): void {
    isRolling = true;
    observed = object().metadata.generation ?? 0;
    const alive = running();
    const surplus = alive.length > replicas ? alive.find((pod) => !isNew(pod)) : undefined;
    if (surplus) endPod(surplus);
    else if (alive.filter(isNew).length < replicas) startPod(false);
    else isRolling = false;
    tell();
    if (isRolling) scheduler.after(READY_AFTER_MS, next);
  }

  function next(): void {
    for (const pod of pods) pod.ready = true;
    roll();
  }

  function annotate(annotations: Readonly<Record<string, string | null>>): void {
    const patch = { spec: { template: { metadata: { annotations } } } };
    world.outside(() => storage.mergePatch(ref, patch, 'object'));
  }

  world.outside(() =>
    storage.create(deployments, NAMESPACE, {
      metadata: { name },
      spec: { replicas, selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } } } },
    }),
  );
  noteSecret();
  for (let count = 0; count < replicas; count += 1) startPod(true);
  observed = 1;
  tell();
  storage.follow(({ resource, after }) => {
    if (resource.plural === secrets.plural && after?.metadata.name === secret) noteSecret();
    if (resource.plural !== deployments.plural || after?.metadata.name !== name) return;
    if (!isRolling && after.metadata.generation !== observed) {
      isRolling = true;
      scheduler.after(OBSERVED_AFTER_MS, roll);
    }
  });
  return {
    annotate,
    restart: (at) => annotate({ 'kubectl.kubernetes.io/restartedAt': at }),
    annotations: () => object().spec.template.metadata.annotations ?? {},
  };
}
