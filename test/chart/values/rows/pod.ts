import { ARGS, CONTAINER, DEPLOYMENT, has, NAME, POD, type Rows } from './row.ts';

/** How its pods are, and where. */
export const PODS: Rows = {
  shutdownGraceSeconds: {
    says: 'is less than what Kubernetes gives',
    set: 60,
    see: `${POD}.terminationGracePeriodSeconds`,
    is: 75,
  },
  env: {
    says: 'is its environment',
    set: [{ name: 'A', value: 'b' }],
    see: `${CONTAINER}.env`,
    is: [{ name: 'A', value: 'b' }],
  },
  volumes: {
    says: 'are more volumes',
    set: [{ name: 'ca', configMap: { name: 'ca' } }],
    see: `${POD}.volumes`,
    is: has({ name: 'ca', configMap: { name: 'ca' } }),
  },
  volumeMounts: {
    says: 'mount them',
    set: [{ name: 'ca', mountPath: '/ca', readOnly: true }],
    see: `${CONTAINER}.volumeMounts`,
    is: has({ name: 'ca', mountPath: '/ca', readOnly: true }),
  },
  'probes.port': { says: 'is where probes are answered', set: 9_001, see: ARGS, is: has('--probe-port=9001') },
  'resources.requests.cpu': {
    says: 'is what the node keeps free',
    set: '1',
    see: `${CONTAINER}.resources.requests.cpu`,
    is: '1',
  },
  'resources.requests.memory': {
    says: 'is what the node keeps free',
    set: '1Gi',
    see: `${CONTAINER}.resources.requests.memory`,
    is: '1Gi',
  },
  'resources.limits.memory': {
    says: 'is where the kernel ends it',
    set: '2Gi',
    see: `${CONTAINER}.resources.limits.memory`,
    is: '2Gi',
  },
  userID: { says: 'is who owns what is mounted', set: 1_234, see: `${POD}.securityContext.fsGroup`, is: 1_234 },
  podAnnotations: {
    says: 'are those of the pods',
    set: { a: 'b' },
    see: `${DEPLOYMENT}.template.metadata.annotations`,
    is: { a: 'b' },
  },
  podLabels: {
    says: 'are those of the pods',
    set: { zone: 'dmz' },
    see: `${DEPLOYMENT}.template.metadata.labels.zone`,
    is: 'dmz',
  },
  nodeSelector: { says: 'chooses nodes', set: { disk: 'ssd' }, see: `${POD}.nodeSelector`, is: { disk: 'ssd' } },
  tolerations: {
    says: 'lets it be on tainted nodes',
    set: [{ operator: 'Exists' }],
    see: `${POD}.tolerations`,
    is: [{ operator: 'Exists' }],
  },
  affinity: {
    says: 'is that of the pods',
    set: { podAntiAffinity: {} },
    see: `${POD}.affinity`,
    is: { podAntiAffinity: {} },
  },
  topologySpreadConstraints: {
    says: 'replace those that spread over nodes and zones',
    set: [{ maxSkew: 2, topologyKey: 'rack', whenUnsatisfiable: 'DoNotSchedule' }],
    see: `${POD}.topologySpreadConstraints`,
    is: [{ maxSkew: 2, topologyKey: 'rack', whenUnsatisfiable: 'DoNotSchedule' }],
  },
  priorityClassName: {
    says: 'ranks the pods',
    set: 'system-cluster-critical',
    see: `${POD}.priorityClassName`,
    is: 'system-cluster-critical',
  },
  'podDisruptionBudget.enabled': {
    says: 'spares all pods but one, or not',
    set: false,
    see: `PodDisruptionBudget ${NAME}`,
    is: undefined,
    alone: {},
  },
};
