import { clusterIssuers, clusterStores, stores } from '../../../src/api/resources.ts';
import { ISSUER, NAMESPACE, STORE } from '../kernel/world.ts';
import { firstKey, firstKeyAt } from './first-key.ts';
import { LISTING_OR_NOT, type Scenario } from './scenario.ts';
import type { Stage } from './stage.ts';
import { MAIN } from './targets.ts';

const PATH = `${NAMESPACE}/${MAIN.path}`;
const KEYS = { namespaces: [NAMESPACE], environments: ['Live'], organizations: ['acme'], permissions: ['payments:*'] };
const PATHS = { namespaces: ['*'], pathPrefix: '{{namespace}}/' };

/** From now on the issuer and the store of the cluster grant what the rotation needs, or nothing. */
function grant({ world: { storage, outside } }: Stage, isGiven: boolean): void {
  const patch = (resource: typeof clusterIssuers, name: string, grants: readonly object[]) =>
    void outside(() => storage.mergePatch({ resource, name }, { spec: { grants } }, 'object'));
  patch(clusterIssuers, ISSUER, isGiven ? [KEYS] : []);
  patch(clusterStores, STORE, isGiven ? [PATHS] : []);
}

export const grantWithdrawn: Scenario = {
  name: 'grant-withdrawn',
  issuers: LISTING_OR_NOT,
  stores: ['Vault'],
  hasClusterKinds: true,
  says: 'what an issuer and a store of the cluster grant is withdrawn while a rotation runs, and given back',
  async prepare(stage) {
    grant(stage, true);
    await firstKeyAt(PATH, stage, {
      issuerRef: { kind: 'ClusterApiKeyIssuer', name: ISSUER },
      targets: [{ ...MAIN, storeRef: { kind: 'ClusterKeyStore', name: STORE }, path: PATH }],
    });
    stage.annotate({ rotate: 'a' });
    await stage.until(({ rotation }) => rotation?.publishedAt !== undefined);
  },
  async play(stage) {
    grant(stage, false);
    await stage.pass(20_000);
    grant(stage, true);
    await stage.settled(2);
  },
};

/** From now on the store takes keys of this environment alone, or of any. */
function take({ world: { storage, outside } }: Stage, environment: string | null): void {
  const store = { resource: stores, namespace: NAMESPACE, name: STORE };
  outside(() => storage.mergePatch(store, { spec: { environment } }, 'object'));
}

export const sourceRefused: Scenario = {
  name: 'source-refused',
  issuers: LISTING_OR_NOT,
  stores: ['Vault'],
  says: 'a store takes no keys of that environment any more while one is on its way, and then it does again',
  async prepare(stage) {
    await firstKey(stage);
  },
  async play(stage) {
    stage.annotate({ rotate: 'a' });
    await stage.until(({ rotation }) => rotation !== undefined);
    take(stage, 'Test');
    await stage.pass(20_000);
    take(stage, null);
    await stage.settled(2);
  },
};
