import { asArray, asObject, asString, clone, isObject, type JsonObject } from '../json.ts';
import type { KubeObject } from '../object.ts';

const deploymentDefaults: JsonObject = { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 };
const rollingUpdate: JsonObject = { maxUnavailable: '25%', maxSurge: '25%' };
const podDefaults: JsonObject = {
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
  dnsPolicy: 'ClusterFirst',
  securityContext: {},
  schedulerName: 'default-scheduler',
};
const containerDefaults: JsonObject = {
  resources: {},
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
};

function fill(object: JsonObject, defaults: JsonObject): void {
  for (const [name, value] of Object.entries(defaults)) object[name] ??= clone(value ?? null);
}

function completeContainer(container: JsonObject): void {
  fill(container, containerDefaults);
  const [, tag = 'latest'] = /:([^/:]+)$/.exec(asString(container.image)) ?? [];
  container.imagePullPolicy ??= tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function completeVolume(volume: JsonObject): void {
  for (const source of ['configMap', 'secret'])
    if (isObject(volume[source])) fill(volume[source], { defaultMode: 420 });
}

/** Fills in what a Deployment leaves out, as the API server does. */
export function completeDeployment(deployment: KubeObject): void {
  const spec = asObject(deployment.spec);
  fill(spec, deploymentDefaults);
  const strategy = asObject(spec.strategy);
  strategy.type ??= 'RollingUpdate';
  if (strategy.type === 'RollingUpdate')
    strategy.rollingUpdate = { ...rollingUpdate, ...asObject(strategy.rollingUpdate) };
  spec.strategy = strategy;
  const pod = asObject(asObject(spec.template).spec);
  fill(pod, podDefaults);
  for (const list of ['containers', 'initContainers'])
    for (const item of asArray(pod[list])) completeContainer(asObject(item));
  for (const volume of asArray(pod.volumes)) completeVolume(asObject(volume));
}
