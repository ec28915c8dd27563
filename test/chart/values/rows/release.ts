import { expect } from 'vitest';
import { ARGS, CONTAINER, DEPLOYMENT, has, NAME, POD, type Rows } from './row.ts';

/** What is installed, under which names, and how the operator is told. */
export const RELEASE: Rows = {
  nameOverride: {
    says: 'stands behind the name of the release',
    set: 'keys',
    see: `Deployment ${NAME}-keys`,
    is: 'there',
    alone: {},
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
    says: 'pins the image',
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
  extraObjects: {
    says: 'are made with the rest, as templates',
    set: [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'of-{{ .Release.Name }}' } },
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "more-of-{{ .Release.Name }}"}',
    ],
    see: `ConfigMap more-of-${NAME}`,
    is: 'there',
  },
};
