import { readFile } from 'node:fs/promises';
import { CallError } from '../http/call-error.ts';
import { createHttpTransport } from '../http/transport.ts';
import { SecretValue } from '../key/secret-value.ts';
import type { Clock } from '../runtime/clock.ts';
import type { AwsGrant } from '../stores/aws/aws-credentials.ts';
import { agentHost, podGrant } from '../stores/aws/pod-identity.ts';

/** The operator's own identity at AWS. */
export interface PodIdentity {
  /** Throws CallError. */
  grant(): Promise<AwsGrant>;
  close(): Promise<void>;
}

const URL_VARIABLE = 'AWS_CONTAINER_CREDENTIALS_FULL_URI';
const FILE_VARIABLE = 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE';

/** What EKS tells a pod by these two variables. Its agent has an address that no other call of ours may go to. */
export function createPodIdentity(
  environment: Readonly<Record<string, string | undefined>>,
  clock: Pick<Clock, 'now'>,
): PodIdentity {
  const { [URL_VARIABLE]: url, [FILE_VARIABLE]: file } = environment;
  if (!url || !file) return { grant: async () => Promise.reject(missing()), close: async () => {} };
  const transport = createHttpTransport({ exempt: () => agentHost(url) });
  const token = async () => new SecretValue((await readFile(file, 'utf8').catch(unreadable)).trim());
  return { grant: () => podGrant({ url, token, transport, clock }), close: () => transport.close() };
}

function missing(): CallError {
  const remedy =
    "associate a role with the operator's ServiceAccount (aws eks create-pod-identity-association) and restart it";
  return new CallError('refused', 'AWSPodIdentityMissing', `the operator's pod has no Pod Identity; ${remedy}`);
}

function unreadable(): never {
  throw new CallError('unavailable', 'AWSPodIdentityMissing', `the file that ${FILE_VARIABLE} names cannot be read`);
}
