import type { SecretValue } from '../../key/secret-value.ts';

/** What requests are signed with. */
export interface AwsCredentials {
  /** Safe to show; names the secret access key. */
  readonly accessKeyID: string;
  readonly secretAccessKey: SecretValue;
  readonly sessionToken?: SecretValue;
}

/** Temporary ones. */
export interface AwsGrant extends AwsCredentials {
  /** How long they are good for, from when they were asked for. */
  readonly lifeMs: number;
}

/**
 * How a store proves who it is. `Static`: keys out of a Secret. `IRSA`: a token of a ServiceAccount, exchanged at STS for credentials of
 * a role. `PodIdentity`: credentials of the operator's own pod. The functions read anew (their caller may cache for a while).
 */
export type AwsAuth =
  | { readonly type: 'Static'; readonly credentials: () => Promise<AwsCredentials> }
  | { readonly type: 'IRSA'; readonly roleARN: string; readonly jwt: () => Promise<SecretValue> }
  | { readonly type: 'PodIdentity'; readonly grant: () => Promise<AwsGrant> };
