import { expect } from 'vitest';
import type { Values } from '../helm.ts';

/** A value of the chart, and what it changes. */
export interface Row {
  /** What it does, as a sentence about the value. */
  readonly says: string;
  readonly set: unknown;
  /** Where to look, as `Manifest.at` takes it. */
  readonly see: string;
  /** What is there then, and was not without; `undefined` where it is gone. */
  readonly is: unknown;
  /** It goes with no other row, or only with these values. */
  readonly alone?: Values;
}

const NAME = 'apikey-rotation';
const DEPLOYMENT = `Deployment ${NAME}: spec`;
const POD = `${DEPLOYMENT}.template.spec`;
const CONTAINER = `${POD}.containers.0`;
const ARGS = `${CONTAINER}.args`;
const LENT = `ClusterRole ${NAME}-namespace: rules`;
const HOME = `Role ${NAME}-home: rules`;
const TLS = { reports: { tls: { enabled: true, secretName: 'own' } } };

const has = (...wanted: readonly unknown[]) => expect.arrayContaining([...wanted]);
const rule = (resource: string, verbs: readonly string[], names?: readonly string[]) =>
  has({ apiGroups: [''], resources: [resource], ...(names && { resourceNames: names }), verbs });
const verbsOn = (resources: readonly string[], verbs: readonly string[]) =>
  has(expect.objectContaining({ resources, verbs }));
const peer = (name: string) => [{ namespaceSelector: { matchLabels: { team: name } } }];

/** A row a leaf of values.yaml. */
export const ROWS: Readonly<Record<string, Row>> = {
  nameOverride: {
    says: 'stands behind the name of the release',
    set: 'keys',
    see: 'Deployment apikey-rotation-keys',
    is: 'there',
    alone: { fullnameOverride: '' },
  },
  fullnameOverride: { says: 'names all objects', set: 'keys', see: 'Deployment keys', is: 'there', alone: {} },
  commonLabels: {
    says: 'label all objects',
    set: { team: 'platform' },
    see: `ServiceAccount ${NAME}: metadata.labels.team`,
    is: 'platform',
  },
  'crds.enabled': {
    says: 'brings the CustomResourceDefinitions, or not',
    set: false,
    see: 'CustomResourceDefinition apikeyrotations.apikeyrotation.io',
    is: undefined,
    alone: {},
  },
  'crds.keep': {
    says: 'keeps them when the release goes, or not',
    set: false,
    see: 'CustomResourceDefinition apikeyrotations.apikeyrotation.io: metadata.annotations.helm~sh/resource-policy',
    is: undefined,
  },
  'image.repository': {
    says: 'is where the image comes from',
    set: 'registry.example.com/akr',
    see: `${CONTAINER}.image`,
    is: expect.stringContaining('registry.example.com/akr'),
  },
  'image.tag': {
    says: 'chooses the image',
    set: 'v9',
    see: `${CONTAINER}.image`,
    is: 'apikey-rotation-operator:v9',
    alone: {},
  },
  'image.digest': {
    says: 'pins the image, whatever the tag says',
    set: `sha256:${'0'.repeat(64)}`,
    see: `${CONTAINER}.image`,
    is: expect.stringMatching(/@sha256:0{64}$/),
  },
  'image.pullPolicy': {
    says: 'says when it is pulled',
    set: 'Always',
    see: `${CONTAINER}.imagePullPolicy`,
    is: 'Always',
  },
  imagePullSecrets: {
    says: 'let the kubelet in',
    set: [{ name: 'registry' }],
    see: `${POD}.imagePullSecrets`,
    is: [{ name: 'registry' }],
  },
  replicaCount: { says: 'is the number of pods', set: 3, see: `${DEPLOYMENT}.replicas`, is: 3 },
  installation: { says: 'names the installation', set: 'charted', see: ARGS, is: has('--installation=charted') },
  flags: {
    says: 'go to the operator',
    set: { logLevel: 'debug', issueCallsPerHour: 3 },
    see: ARGS,
    is: has('--log-level=debug', '--issue-calls-per-hour=3'),
  },
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
  'serviceAccount.create': {
    says: 'makes the account, or not',
    set: false,
    see: 'ServiceAccount apikey-rotation',
    is: undefined,
    alone: {},
  },
  'serviceAccount.name': {
    says: 'is whom the policy lets write reports',
    set: 'rotator',
    see: 'ValidatingAdmissionPolicy apikeyrotation-reports: spec.variables.0.expression',
    is: "request.userInfo.username == 'system:serviceaccount:apikey-rotation:rotator'",
    alone: {},
  },
  'serviceAccount.annotations': {
    says: 'give the account a role at a cloud',
    set: { role: 'arn' },
    see: `ServiceAccount ${NAME}: metadata.annotations`,
    is: { role: 'arn' },
  },
  'serviceAccount.tokenExpirationSeconds': {
    says: 'is how long a token lives',
    set: 900,
    see: `${POD}.volumes.0.projected.sources.0.serviceAccountToken.expirationSeconds`,
    is: 900,
  },
  'rbac.create': { says: 'makes Roles, or not', set: false, see: `ClusterRole ${NAME}`, is: undefined, alone: {} },
  'rbac.namespaces': {
    says: 'confine the operator to Roles in them',
    set: ['team'],
    see: `Role team/${NAME}: rules`,
    is: rule('pods', ['get', 'list']),
    alone: {},
  },
  'rbac.clusterRole': {
    says: 'leaves Roles alone where it is false',
    set: false,
    see: `ClusterRole ${NAME}`,
    is: undefined,
    alone: { installation: 'charted', rbac: { namespaces: ['team'] } },
  },
  'rbac.credentials': {
    says: 'are the only Secrets that can be read',
    set: ['apio'],
    see: LENT,
    is: rule('secrets', ['get'], ['apio']),
    alone: { rbac: { secretTargets: false } },
  },
  'rbac.certificates': {
    says: 'are ConfigMaps that can be read',
    set: ['ca'],
    see: LENT,
    is: rule('configmaps', ['get'], ['ca']),
  },
  'rbac.secretTargets': {
    says: 'lets Secrets be written, or not',
    set: false,
    see: LENT,
    is: rule('secrets', ['get']),
    alone: {},
  },
  'rbac.targets': {
    says: 'are the only Secrets that are written',
    set: ['key'],
    see: LENT,
    is: rule('secrets', ['get', 'patch'], ['key', 'key-previous']),
  },
  'rbac.logins': {
    says: 'are accounts that tokens can be made of',
    set: ['writer'],
    see: LENT,
    is: rule('serviceaccounts/token', ['create'], ['writer']),
  },
  'rbac.support.issuers': {
    says: 'have a register',
    set: ['people'],
    see: LENT,
    is: rule('secrets', ['get', 'update'], ['people-support-register']),
  },
  'rbac.support.rotations': {
    says: 'get their keys in Secrets',
    set: ['asked'],
    see: LENT,
    is: rule('secrets', ['get', 'delete'], ['asked-delivered-key']),
  },
  'rbac.rollouts': {
    says: 'lets workloads be read, or not',
    set: false,
    see: LENT,
    is: expect.not.arrayContaining([expect.objectContaining({ apiGroups: ['apps'] })]),
    alone: {},
  },
  'rbac.restart': {
    says: 'lets them be restarted',
    set: true,
    see: LENT,
    is: verbsOn(['deployments', 'statefulsets', 'daemonsets'], ['get', 'patch']),
  },
  'clusterKinds.enabled': {
    says: 'follows issuers and stores of the cluster, or not',
    set: false,
    see: ARGS,
    is: has('--cluster-kinds=false'),
    alone: {},
  },
  'clusterKinds.credentials': {
    says: 'are Secrets beside the operator',
    set: ['apio'],
    see: HOME,
    is: rule('secrets', ['get'], ['apio']),
  },
  'clusterKinds.certificates': {
    says: 'are ConfigMaps beside the operator',
    set: ['ca'],
    see: HOME,
    is: rule('configmaps', ['get'], ['ca']),
  },
  'clusterKinds.logins': {
    says: 'are accounts beside the operator',
    set: ['writer'],
    see: HOME,
    is: rule('serviceaccounts/token', ['create'], ['writer']),
  },
  'policies.reports': {
    says: 'guards reports and approvals, or not',
    set: false,
    see: 'ValidatingAdmissionPolicy apikeyrotation-reports',
    is: undefined,
    alone: {},
  },
  'policies.requests': {
    says: 'guards emergencies and the like, or not',
    set: false,
    see: 'ValidatingAdmissionPolicy apikeyrotation-requests',
    is: undefined,
  },
  'policies.deliveries': {
    says: 'refuses keys that nobody asked for, or not',
    set: false,
    see: 'ValidatingAdmissionPolicy apikeyrotation-deliveries',
    is: undefined,
  },
  aggregatedRoles: {
    says: 'adds to view, edit and admin, or not',
    set: false,
    see: `ClusterRole ${NAME}-view`,
    is: undefined,
    alone: {},
  },
  consumerRole: {
    says: 'makes a role for who looks at rotations, or not',
    set: false,
    see: `ClusterRole ${NAME}-consumer`,
    is: undefined,
    alone: {},
  },
  'reports.port': {
    says: 'is where reports are taken',
    set: 9_000,
    see: `Service ${NAME}: spec.ports.0.port`,
    is: 9_000,
  },
  'reports.service.type': {
    says: 'is how the Service is reached',
    set: 'LoadBalancer',
    see: `Service ${NAME}: spec.type`,
    is: 'LoadBalancer',
  },
  'reports.service.annotations': {
    says: 'are those of the Service',
    set: { internal: 'yes' },
    see: `Service ${NAME}: metadata.annotations`,
    is: { internal: 'yes' },
  },
  'reports.tls.enabled': {
    says: 'serves HTTPS',
    set: true,
    see: ARGS,
    is: has(
      '--reports-tls-cert=/etc/apikey-rotation/tls/tls.crt',
      '--reports-tls-key=/etc/apikey-rotation/tls/tls.key',
    ),
    alone: TLS,
  },
  'reports.tls.secretName': {
    says: 'holds the certificate',
    set: 'own',
    see: `${POD}.volumes.1.secret.secretName`,
    is: 'own',
    alone: TLS,
  },
  'reports.tls.certManager.enabled': {
    says: 'has cert-manager make it',
    set: true,
    see: `Certificate ${NAME}-reports: spec.secretName`,
    is: 'apikey-rotation-reports-tls',
    alone: { reports: { tls: { enabled: true, certManager: { issuerRef: { name: 'internal' } } } } },
  },
  ...certificate('issuerRef', 'says who signs it', { kind: 'ClusterIssuer', name: 'internal' }),
  ...certificate('duration', 'is how long it is good', '48h'),
  ...certificate('renewBefore', 'is how long before its end it is renewed', '12h'),
  ...certificate(
    'dnsNames',
    'are more names of it',
    ['reports.example.com'],
    has('reports.example.com', `${NAME}.${NAME}.svc`),
  ),
  'reports.ingress.enabled': {
    says: 'lets reports in from outside',
    set: true,
    see: `Ingress ${NAME}-reports: spec.rules.0.http.paths.0.path`,
    is: '/v1/namespaces',
  },
  'reports.ingress.className': {
    says: 'chooses the controller',
    set: 'nginx',
    see: `Ingress ${NAME}-reports: spec.ingressClassName`,
    is: 'nginx',
  },
  'reports.ingress.annotations': {
    says: 'tell it more',
    set: { protocol: 'HTTPS' },
    see: `Ingress ${NAME}-reports: metadata.annotations`,
    is: { protocol: 'HTTPS' },
  },
  'reports.ingress.host': {
    says: 'is what is called, by HTTPS alone',
    set: 'reports.example.com',
    see: `Ingress ${NAME}-reports: spec.tls.0.hosts`,
    is: ['reports.example.com'],
  },
  'reports.ingress.tlsSecretName': {
    says: 'holds its certificate',
    set: 'outside',
    see: `Ingress ${NAME}-reports: spec.tls.0.secretName`,
    is: 'outside',
  },
  'probes.port': { says: 'is where probes are answered', set: 9_001, see: ARGS, is: has('--probe-port=9001') },
  'metrics.serviceMonitor.enabled': {
    says: 'has Prometheus read the metrics',
    set: true,
    see: `ServiceMonitor ${NAME}: spec.endpoints.0.port`,
    is: 'metrics',
  },
  'metrics.serviceMonitor.labels': {
    says: 'are what Prometheus selects',
    set: { prometheus: 'main' },
    see: `ServiceMonitor ${NAME}: metadata.labels.prometheus`,
    is: 'main',
  },
  'metrics.serviceMonitor.interval': {
    says: 'is how often',
    set: '1m',
    see: `ServiceMonitor ${NAME}: spec.endpoints.0.interval`,
    is: '1m',
  },
  'metrics.serviceMonitor.scrapeTimeout': {
    says: 'is how long it waits',
    set: '5s',
    see: `ServiceMonitor ${NAME}: spec.endpoints.0.scrapeTimeout`,
    is: '5s',
  },
  'metrics.prometheusRule.enabled': {
    says: 'brings the alerts',
    set: true,
    see: `PrometheusRule ${NAME}: spec.groups.0.rules.0.alert`,
    is: 'RotationStalled',
  },
  'metrics.prometheusRule.labels': {
    says: 'are what Prometheus selects',
    set: { prometheus: 'main' },
    see: `PrometheusRule ${NAME}: metadata.labels.prometheus`,
    is: 'main',
  },
  'metrics.dashboard.enabled': {
    says: 'brings the dashboard',
    set: true,
    see: `ConfigMap ${NAME}-dashboard: data.${NAME}~json`,
    is: expect.stringContaining('"title": "API key rotation"'),
  },
  'metrics.dashboard.labels.grafana_dashboard': {
    says: 'is what Grafana selects',
    set: 'yes',
    see: `ConfigMap ${NAME}-dashboard: metadata.labels.grafana_dashboard`,
    is: 'yes',
  },
  'metrics.dashboard.annotations': {
    says: 'choose the folder',
    set: { folder: 'keys' },
    see: `ConfigMap ${NAME}-dashboard: metadata.annotations`,
    is: { folder: 'keys' },
  },
  'networkPolicy.enabled': {
    says: 'closes all ports but two, or not',
    set: false,
    see: `NetworkPolicy ${NAME}`,
    is: undefined,
    alone: {},
  },
  'networkPolicy.reportsFrom': {
    says: 'are who may report',
    set: peer('payments'),
    see: `NetworkPolicy ${NAME}: spec.ingress.0.from`,
    is: peer('payments'),
  },
  'networkPolicy.metricsFrom': {
    says: 'are who may read metrics',
    set: peer('monitoring'),
    see: `NetworkPolicy ${NAME}: spec.ingress.1.from`,
    is: peer('monitoring'),
  },
  'networkPolicy.egress.enabled': {
    says: 'lets out what is named and no more',
    set: true,
    see: `NetworkPolicy ${NAME}: spec.policyTypes`,
    is: ['Ingress', 'Egress'],
  },
  'networkPolicy.egress.apiServer': {
    says: 'is where the API server is',
    set: ['10.0.0.1/32'],
    see: `NetworkPolicy ${NAME}: spec.egress.1.to`,
    is: [{ ipBlock: { cidr: '10.0.0.1/32' } }],
  },
  'networkPolicy.egress.apiServerPorts': {
    says: 'are its ports',
    set: [7_443],
    see: `NetworkPolicy ${NAME}: spec.egress.1.ports`,
    is: [{ port: 7_443 }],
  },
  'networkPolicy.egress.to': {
    says: 'are issuers and stores',
    set: [{ to: [{ ipBlock: { cidr: '192.0.2.0/24' } }], ports: [{ port: 443 }] }],
    see: `NetworkPolicy ${NAME}: spec.egress.2.to`,
    is: [{ ipBlock: { cidr: '192.0.2.0/24' } }],
  },
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
  extraObjects: {
    says: 'are made with the rest, as templates',
    set: [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'of-{{ .Release.Name }}' } },
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "more-of-{{ .Release.Name }}"}',
    ],
    see: 'ConfigMap more-of-apikey-rotation',
    is: 'there',
  },
};

/** A value that goes into the Certificate. */
function certificate(name: string, says: string, set: unknown, is: unknown = set): Record<string, Row> {
  const certManager = { enabled: true, issuerRef: { name: 'any' } };
  const alone = { reports: { tls: { enabled: true, certManager } } };
  return {
    [`reports.tls.certManager.${name}`]: { says, set, see: `Certificate ${NAME}-reports: spec.${name}`, is, alone },
  };
}
