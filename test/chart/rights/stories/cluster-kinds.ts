import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { until } from '../../../e2e/components/until.ts';
import type { ClusterObject } from '../../../e2e/world/cluster.ts';
import type { World } from '../../../e2e/world/world.ts';

interface Judged extends ClusterObject {
  readonly status?: { readonly conditions?: readonly { readonly reason: string }[] };
}

const API = '/apis/apikeyrotation.io/v1alpha1';
const EXAMPLE = join(import.meta.dirname, '../../../../examples/issuers/openai.yaml');

/** An issuer and a store of the cluster are told what is wrong with them; neither has a credential that a release would have to name. */
export async function clusterKinds({ cluster }: World): Promise<void> {
  await cluster.apply(await misspelt());
  await cluster.apply(STORE);
  const isTold = async (path: string, wanted: string) => {
    const { status } = (await cluster.get<Judged>(`${API}/${path}`)) ?? {};
    return status?.conditions?.some(({ reason }) => reason === wanted) === true;
  };
  const areTold = async () =>
    (await isTold('clusterapikeyissuers/misspelt', 'InvalidDeclaration')) &&
    (await isTold('clusterkeystores/foreign', 'AWSPodIdentityNotAllowed'));
  await until(areTold, { what: 'issuer and store of the cluster to be judged', timeoutMs: 60_000 });
}

/** As a platform may begin with the example, with a parameter that nobody gives. */
async function misspelt(): Promise<string> {
  const { apiVersion, spec } = parse(await readFile(EXAMPLE, 'utf8'));
  spec.http.issue.request.path = '/{{parameters.projects}}';
  const grants = [{ namespaces: ['nobody'], environments: ['Live'], permissions: ['*'] }];
  const metadata = { name: 'misspelt' };
  return JSON.stringify({ apiVersion, kind: 'ClusterApiKeyIssuer', metadata, spec: { ...spec, grants } });
}

const STORE = `
apiVersion: apikeyrotation.io/v1alpha1
kind: ClusterKeyStore
metadata: {name: foreign}
spec:
  type: AWSSecretsManager
  awsSecretsManager: {region: eu-north-1, accountID: "123456789012", auth: {type: PodIdentity}}
  grants: [{namespaces: [nobody], pathPrefix: nobody/}]
`;
