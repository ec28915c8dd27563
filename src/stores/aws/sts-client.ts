import { CallError } from '../../http/call-error.ts';
import type { CallSubject } from '../../http/outcome.ts';
import { SecretValue } from '../../key/secret-value.ts';
import type { AwsAuth, AwsGrant } from './aws-credentials.ts';
import { errorOfAws, errorOfUnknownShape } from './aws-errors.ts';
import { type SdkOptions, sdkSettings } from './sdk-settings.ts';

/** Calls the Security Token Service of one region. Throws CallError. */
export interface StsClient {
  /** Credentials of a role for the token of a ServiceAccount. */
  assumeRole(auth: Extract<AwsAuth, { type: 'IRSA' }>): Promise<AwsGrant>;
  /** The account that our credentials belong to; needs no permission. */
  account(): Promise<string>;
}

/** Every role may be had for an hour, whatever its own maximum. */
const ROLE_SECONDS = 3_600;

/** The SDK is loaded with the first call. */
export function createStsClient(options: SdkOptions): StsClient {
  let loading: ReturnType<typeof load> | undefined;
  const loaded = () => {
    loading ??= load(options);
    return loading;
  };
  const subjectOf = (operation: string): CallSubject => {
    return { peer: `STS ${options.region}`, operation, idempotent: true };
  };
  return {
    async assumeRole({ roleARN, jwt }) {
      const { client, AssumeRoleWithWebIdentityCommand } = await loaded();
      const subject = subjectOf(`assume role ${roleARN}`);
      const command = new AssumeRoleWithWebIdentityCommand({
        RoleArn: roleARN,
        RoleSessionName: 'apikey-rotation-operator',
        WebIdentityToken: (await jwt()).reveal(),
        DurationSeconds: ROLE_SECONDS,
      });
      const { Credentials } = await client.send(command).catch((error: unknown) => {
        throw errorOfLogin(errorOfAws(subject, error), roleARN);
      });
      const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials ?? {};
      if (!AccessKeyId || !SecretAccessKey || !SessionToken) throw errorOfUnknownShape(subject);
      return {
        accessKeyID: AccessKeyId,
        secretAccessKey: new SecretValue(SecretAccessKey),
        sessionToken: new SecretValue(SessionToken),
        lifeMs: ROLE_SECONDS * 1_000,
      };
    },
    async account() {
      const { client, GetCallerIdentityCommand } = await loaded();
      const subject = subjectOf('name the account of its credential');
      const { Account } = await client.send(new GetCallerIdentityCommand({})).catch((error: unknown) => {
        throw errorOfAws(subject, error);
      });
      if (!Account || !/^\d{12}$/.test(Account)) throw errorOfUnknownShape(subject);
      return Account;
    },
  };
}

async function load(options: SdkOptions) {
  const { STSClient, AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  return { client: new STSClient(sdkSettings(options)), AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand };
}

/** What STS says to a login that it does not let in is a matter of the trust between role and cluster, whatever the name. */
function errorOfLogin(error: CallError, roleARN: string): CallError {
  if (error.status === undefined || error.outcome === 'unavailable') return error;
  const remedy =
    "check that the role exists, and that its trust policy names the cluster's OIDC provider, the audience and system:serviceaccount:<namespace>:<name> of the ServiceAccount";
  return new CallError('denied', 'AWSLoginRefused', `STS refused the login as ${roleARN}: ${remedy}`, error);
}
