import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { Marker } from '../../../src/key/marker.ts';
import { markerOf } from '../../../src/stores/aws/aws-labels.ts';
import { type AwsStand, standAtAws } from '../../contract/store/aws-stand.ts';

/** Regions of an account of its own at moto, with a KeyStore each. */
export interface Regions<Name extends string> {
  /** For the operator. */
  readonly url: string;
  /** The KeyStores, each of its region's name, and the credentials that they share, as YAML. */
  storesIn(namespace: string): string;
  /** What a reader gets in a region, and the marker beside it; undefined where there is no such secret. */
  read(region: Name, secret: string): Promise<Stored | undefined>;
  close(): Promise<void>;
}

/** What a reader finds at a place. */
export interface Stored {
  readonly fields: Readonly<Record<string, string>>;
  readonly marker: Marker | undefined;
}

/** The Secret with the credentials. */
const CREDENTIALS = 'aws';

/** Takes an account. */
export async function openRegions<Name extends string>(names: readonly Name[]): Promise<Regions<Name>> {
  const stand = await standAtAws();
  const clients = Object.fromEntries(names.map((region) => [region, clientOf(stand, region)]));
  return {
    url: stand.url,
    storesIn: (namespace) => [credentials(stand, namespace), ...names.map(storeIn(stand, namespace))].join('---\n'),
    async read(region, secret) {
      // Said, though it is the default: moto takes another version for that when the label has been moved.
      const sent = clients[region]?.send(new GetSecretValueCommand({ SecretId: secret, VersionStage: 'AWSCURRENT' }));
      const answer = await sent?.catch((error) => {
        if (!(error instanceof ResourceNotFoundException)) throw error;
      });
      if (!answer) return undefined;
      return { fields: JSON.parse(answer.SecretString ?? '{}'), marker: markerOf(answer.VersionStages ?? []) };
    },
    async close() {
      for (const client of Object.values(clients)) client?.destroy();
      await stand.close();
    },
  };
}

function clientOf({ url, credentials: held }: AwsStand, region: string): SecretsManagerClient {
  const { accessKeyID, secretAccessKey, sessionToken } = held;
  const credentials = {
    accessKeyId: accessKeyID,
    secretAccessKey: secretAccessKey.reveal(),
    ...(sessionToken && { sessionToken: sessionToken.reveal() }),
  };
  return new SecretsManagerClient({ endpoint: url, region, credentials });
}

function credentials(
  { credentials: { accessKeyID, secretAccessKey, sessionToken } }: AwsStand,
  namespace: string,
): string {
  const stringData = {
    AWS_ACCESS_KEY_ID: accessKeyID,
    AWS_SECRET_ACCESS_KEY: secretAccessKey.reveal(),
    ...(sessionToken && { AWS_SESSION_TOKEN: sessionToken.reveal() }),
  };
  return `
apiVersion: v1
kind: Secret
metadata: {name: ${CREDENTIALS}, namespace: ${namespace}}
stringData: ${JSON.stringify(stringData)}
`;
}

const storeIn =
  ({ account }: AwsStand, namespace: string) =>
  (region: string) =>
    `
apiVersion: apikeyrotation.io/v1alpha1
kind: KeyStore
metadata: {name: ${region}, namespace: ${namespace}}
spec:
  type: AWSSecretsManager
  awsSecretsManager:
    region: ${region}
    accountID: "${account}"
    auth: {type: Static, static: {secretRef: {name: ${CREDENTIALS}}}}
`;
