import { clusterIssuers, clusterStores, issuers, reports, rotations, stores } from '../../../src/api/resources.ts';
import { until } from '../components/until.ts';
import type { Cluster } from './cluster.ts';

const PLURALS = [rotations, issuers, stores, clusterIssuers, clusterStores, reports].map(({ plural }) => plural);

/**
 * Resolves when our kinds are served, from the API server's cache too. A definition that is deleted before that stays: the first
 * attempt ends in `storage is (re)initializing`, and a conflict with the status that says so ends the second. The controllers that list
 * every kind at once, and so have its cache filled, do not run here.
 */
export async function untilServed(cluster: Cluster): Promise<void> {
  const served = async (plural: string) =>
    (await cluster.get(`/apis/apikeyrotation.io/v1alpha1/${plural}?resourceVersion=0`)) !== undefined;
  const all = async () => (await Promise.all(PLURALS.map(served))).every(Boolean);
  await until(all, { what: 'our kinds to be served', timeoutMs: 30_000 });
}
