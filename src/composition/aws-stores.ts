import type { KeyStoreObject } from '../api/types.ts';
import { CallError } from '../http/call-error.ts';
import type { HttpTransport } from '../http/transport.ts';
import { SecretValue } from '../key/secret-value.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Leadership } from '../runtime/leader-election/leadership.ts';
import type { AwsAuth, AwsCredentials, AwsGrant } from '../stores/aws/aws-credentials.ts';
import { createAwsStore } from '../stores/aws/aws-store.ts';
import { createWriteBudget } from '../stores/aws/write-budget.ts';
import type { KeyStore } from '../stores/port.ts';
import type { Credentials } from './credentials.ts';
import type { PodIdentity } from './pod-identity.ts';

type AwsSpec = NonNullable<KeyStoreObject['spec']['awsSecretsManager']>;

/** What stores at AWS are made with. */
export interface AwsStoresDeps {
  readonly transport: HttpTransport;
  readonly clock: Clock;
  readonly leadership: Pick<Leadership, 'holds'>;
  readonly credentials: Credentials;
  /** The operator's own identity at AWS. */
  readonly podIdentity: Pick<PodIdentity, 'grant'>;
  /** KeyStores of these namespaces may use it. */
  readonly podIdentityNamespaces: readonly string[];
  /** For tests: takes the calls instead of AWS. http(s)://host[:port]. */
  readonly awsEndpoint?: string | undefined;
}

const ID = 'AWS_ACCESS_KEY_ID';
const SECRET = 'AWS_SECRET_ACCESS_KEY';
const TOKEN = 'AWS_SESSION_TOKEN';

/** Makes stores of KeyStores in a namespace; together they keep to what AWS lets an account write. */
export function createAwsStores(deps: AwsStoresDeps) {
  const { transport, clock, leadership, credentials, podIdentity, podIdentityNamespaces, awsEndpoint } = deps;
  const budget = createWriteBudget(clock);

  function authOf(namespace: string, auth: AwsSpec['auth']): AwsAuth {
    if (auth.static) return { type: 'Static', credentials: inSecret(namespace, auth.static.secretRef.name) };
    if (!auth.irsa) return { type: 'PodIdentity', grant: async () => ownIdentity(namespace) };
    const { roleARN, serviceAccountName } = auth.irsa;
    return { type: 'IRSA', roleARN, jwt: credentials.stsToken(namespace, serviceAccountName) };
  }

  /** Whoever may write a KeyStore would have all that the operator's role may do: so it is for namespaces that were named alone. */
  function ownIdentity(namespace: string): Promise<AwsGrant> {
    if (podIdentityNamespaces.includes(namespace)) return podIdentity.grant();
    const problem = `KeyStore field spec.awsSecretsManager.auth.type is PodIdentity, which namespace ${namespace} may not use`;
    const remedy = 'choose IRSA or Static, or let whoever runs the operator add it to --pod-identity-namespaces';
    throw new CallError('refused', 'AWSPodIdentityNotAllowed', `${problem}: ${remedy}`);
  }

  function inSecret(namespace: string, name: string): () => Promise<AwsCredentials> {
    const read = credentials.secretData(namespace, name, [ID, SECRET]);
    return async () => {
      const data = await read();
      const sessionToken = data.get(TOKEN);
      return {
        accessKeyID: data.get(ID)?.reveal() ?? '',
        secretAccessKey: data.get(SECRET) ?? new SecretValue(''),
        ...(sessionToken ? { sessionToken } : {}),
      };
    };
  }

  return (namespace: string, { region, accountID, auth }: AwsSpec): KeyStore =>
    createAwsStore({
      region,
      accountID,
      auth: authOf(namespace, auth),
      transport,
      clock,
      budget,
      leadership,
      ...(awsEndpoint === undefined ? {} : { endpoint: awsEndpoint }),
    });
}
