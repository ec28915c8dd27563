import type { Resource } from '../runtime/kube/kube-api.ts';
import { GROUP, VERSION } from './names.ts';

const ours = { group: GROUP, version: VERSION, namespaced: true } as const;

export const rotations: Resource = { ...ours, plural: 'apikeyrotations', kind: 'ApiKeyRotation' };
export const issuers: Resource = { ...ours, plural: 'apikeyissuers', kind: 'ApiKeyIssuer' };
export const stores: Resource = { ...ours, plural: 'keystores', kind: 'KeyStore' };
export const clusterIssuers: Resource = {
  ...ours,
  namespaced: false,
  plural: 'clusterapikeyissuers',
  kind: 'ClusterApiKeyIssuer',
};
export const clusterStores: Resource = {
  ...ours,
  namespaced: false,
  plural: 'clusterkeystores',
  kind: 'ClusterKeyStore',
};
export const reports: Resource = { ...ours, plural: 'migrationreports', kind: 'MigrationReport' };
