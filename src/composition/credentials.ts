import { CallError } from '../http/call-error.ts';
import { SecretValue } from '../key/secret-value.ts';
import type { Clock } from '../runtime/clock.ts';
import type { KubeApi, KubeObject } from '../runtime/kube/kube-api.ts';
import { secrets, serviceAccounts } from '../runtime/kube/resources.ts';
import { cachedFor } from './cached-for.ts';
import { type CertificatesRef, readCertificates } from './trusted-certificates.ts';
import { withRemedy } from './with-remedy.ts';

/** A key of a Secret. */
export interface SecretKeyRef {
  readonly name: string;
  readonly key: string;
}

/** Reads the credentials that issuers and stores name, in the namespace of their object. Nothing is cached for longer than a minute. */
export interface Credentials {
  secret(namespace: string, ref: SecretKeyRef): () => Promise<SecretValue>;
  /** The values of a Secret by their keys, all of one moment; throws CallError where one of `keys` is not there. */
  secretData(namespace: string, name: string, keys: readonly string[]): () => Promise<ReadonlyMap<string, SecretValue>>;
  /** Certificates in PEM that a store trusts. */
  certificates(namespace: string, ref: CertificatesRef): () => Promise<string>;
  /**
   * A fresh token of a ServiceAccount for each call; throws CallError `refused` for an audience that is not allowed. `member` of the
   * KeyStore's spec names it: `vault.auth.jwt`.
   */
  serviceAccountToken(namespace: string, account: StoreAccount, member: string): () => Promise<SecretValue>;
  /** A fresh token of a ServiceAccount for AWS's STS. Who writes a KeyStore does not choose where it is sent. */
  stsToken(namespace: string, name: string): () => Promise<SecretValue>;
}

/** Whose token a store is shown, and for whom it is made. */
export interface StoreAccount {
  readonly serviceAccountName: string;
  readonly audience: string;
}

/** What credentials are read with. */
export interface CredentialsDeps {
  readonly kube: Pick<KubeApi, 'get' | 'createSubresource'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** For no other audience is a token made: whoever writes a KeyStore chooses the url that the token is sent to. */
  readonly storeAudiences: readonly string[];
}

interface Secret extends KubeObject {
  data?: Record<string, string>;
}

interface TokenRequest {
  apiVersion: string;
  kind: string;
  spec: { audiences: string[]; expirationSeconds: number };
  status?: { token?: string };
}

const CACHE_MS = 60_000;
const TOKEN_SECONDS = 600;
/** What the OIDC providers of clusters at AWS are set up for. */
const STS_AUDIENCE = 'sts.amazonaws.com';
const STS_REMEDY = `where policy apikeyrotation-tokens bounds its account, that has to name audience ${STS_AUDIENCE} (policies.awsTokens of the chart)`;

export function createCredentials({ kube, clock, storeAudiences }: CredentialsDeps): Credentials {
  async function readSecret(namespace: string, name: string, keys: readonly string[]) {
    const secret = await kube
      .get<Secret>({ resource: secrets, namespace, name })
      .catch(withRemedy(`the operator needs \`get\` on secrets of namespace ${namespace}`));
    const texts = new Map(Object.entries(secret?.data ?? {}).map(([key, data]) => [key, decode(data)]));
    const missing = keys.find((key) => !texts.has(key));
    if (missing === undefined) return texts;
    const problem = secret ? `has no key ${missing}` : 'does not exist';
    const remedy = `write the credential there (key ${missing}), or correct secretRef`;
    throw new CallError('refused', 'CredentialNotFound', `Secret ${namespace}/${name} ${problem}; ${remedy}`);
  }

  async function readKey(namespace: string, { name, key }: SecretKeyRef): Promise<SecretValue> {
    return (await readSecret(namespace, name, [key])).get(key) ?? new SecretValue('');
  }

  async function tokenToChosenPlace(
    namespace: string,
    { serviceAccountName, audience }: StoreAccount,
    member: string,
  ): Promise<SecretValue> {
    if (audience.trim() === '' || !storeAudiences.includes(audience)) throw audienceNotAllowed(audience, member);
    return requestToken(namespace, serviceAccountName, audience, member);
  }

  async function requestToken(namespace: string, name: string, audience: string, member: string): Promise<SecretValue> {
    const body: TokenRequest = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { audiences: [audience], expirationSeconds: TOKEN_SECONDS },
    };
    const answer = await kube
      .createSubresource({ resource: serviceAccounts, namespace, name }, 'token', body)
      .catch(missingAccount(namespace, name, member))
      .catch(withRemedy(`the operator needs \`create\` on serviceaccounts/token of ${namespace}/${name}`));
    if (answer.status?.token) return new SecretValue(answer.status.token);
    throw new CallError('unavailable', 'NoToken', `ServiceAccount ${namespace}/${name} got no token`);
  }

  function requestStsToken(namespace: string, name: string): Promise<SecretValue> {
    const request = requestToken(namespace, name, STS_AUDIENCE, 'awsSecretsManager.auth.irsa');
    return request.catch(withRemedy(STS_REMEDY));
  }

  function audienceNotAllowed(audience: string, member: string): CallError {
    const problem = `KeyStore field spec.${member}.audience is "${audience}", allowed is ${storeAudiences.join(', ')}`;
    const remedy = 'correct the field, or let whoever runs the operator add the audience to --store-audiences';
    return new CallError('refused', 'AudienceNotAllowed', `${problem}: ${remedy}; no token was made`);
  }

  return {
    secret: (namespace, ref) => cachedFor(CACHE_MS, clock, () => owned(readKey(namespace, ref))),
    secretData: (namespace, name, keys) => cachedFor(CACHE_MS, clock, () => owned(readSecret(namespace, name, keys))),
    certificates: (namespace, ref) => cachedFor(CACHE_MS, clock, () => owned(readCertificates(kube, namespace, ref))),
    serviceAccountToken: (namespace, account, member) => () => owned(tokenToChosenPlace(namespace, account, member)),
    stsToken: (namespace, name) => () => owned(requestStsToken(namespace, name)),
  };
}

/** See CallError.ofCredential. */
async function owned<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    const { outcome, reason, message, status, retryAfterSeconds } = error;
    throw new CallError(outcome, reason, message, { status, retryAfterSeconds, ofCredential: true });
  }
}

function decode(data: string): SecretValue {
  return new SecretValue(Buffer.from(data, 'base64').toString('utf8').trim());
}

/** The API server says that a ServiceAccount is not there, and not who named it. */
function missingAccount(namespace: string, name: string, member: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof CallError && error.status === 404)) throw error;
    const remedy = `create it, or correct spec.${member}.serviceAccountName of the KeyStore`;
    const message = `ServiceAccount ${namespace}/${name} does not exist; ${remedy}`;
    throw new CallError('refused', 'ServiceAccountNotFound', message, error);
  };
}
