import type { Chapter } from './meaning.ts';

const LATER = 'Nothing: it is asked again. If it lasts, look at the other side.';
const DEFECT = 'Report it: it should not happen.';
const SECRET = 'Correct the Secret that the message or `secretRef` names.';

/** What calls to issuers, and to servers in general, end with. */
export const CALLS: Chapter = {
  title: 'What a call ended with',
  intro:
    'The same words stand in `Ready` of an issuer or a store and in `Rotating` of a rotation, whichever made the call.',
  reasons: {
    ConnectionFailed: {
      means: 'No connection was made; the code in brackets says why.',
      remedy:
        '`ENOTFOUND`: the host name; `ECONNREFUSED`: the port; a time-out: the NetworkPolicy; a code of a certificate: `ca` or `caRef` of the object, where it has that field, or `NODE_EXTRA_CA_CERTS` of the operator.',
    },
    TLSFailed: {
      means: 'The Kubernetes API shows a certificate that is not trusted.',
      remedy: 'Correct the certificate authority of the kubeconfig.',
    },
    ConnectionLost: { means: 'The connection broke before the answer came.', remedy: LATER },
    RequestTimedOut: {
      means: 'No answer came in time, or there was no connection or no credential to ask with.',
      remedy: LATER,
    },
    ServerError: { means: 'The other side failed (HTTP 5xx).', remedy: LATER },
    ServiceUnavailable: { means: 'The other side is not available (HTTP 503).', remedy: LATER },
    TooManyRequests: { means: 'The other side asks for patience (HTTP 429), which it gets.', remedy: LATER },
    UnusableAnswer: {
      means: 'The answer is not what this API answers.',
      remedy: 'Correct `url`: something else may answer there, a proxy or a website.',
    },
    RequestRefused: {
      means: 'The other side will never do this (HTTP 4xx); its own word for it is in brackets.',
      remedy: 'When a key is issued: correct `spec.key`. Otherwise: correct `url`.',
    },
    Redirected: {
      means: 'The address redirects; credentials are not sent on.',
      remedy: 'Write the final address into `url`.',
    },
    AccessDenied: {
      means: 'The credential is wrong, or may not do this.',
      remedy: 'Give the issuer one of the same environment and organization, with `keys:manage`.',
    },
    CredentialNotFound: { means: 'The Secret with the credential, or its field, is not there.', remedy: SECRET },
    CertificatesNotFound: {
      means: 'The ConfigMap or Secret with the certificates to trust, or its key, is not there.',
      remedy: 'Correct `caRef`, or write the certificates there.',
    },
    InvalidCertificates: {
      means: 'What is to be trusted is no certificate in PEM.',
      remedy: 'Write there what begins with `-----BEGIN CERTIFICATE-----`, or correct `key` of `caRef`.',
    },
    InvalidCredential: { means: 'The credential is empty, or holds spaces or line breaks.', remedy: SECRET },
    InvalidURL: { means: 'The url is none.', remedy: 'Write `http(s)://host[:port]`.' },
    ForeignOrigin: { means: 'The other side named an address of another origin.', remedy: 'Correct `url`.' },
    AddressDenied: {
      means:
        'The host name leads to an address that is never called, such as that of a metadata service, or, for an issuer of type HTTP, to a private one.',
      remedy:
        'Correct `url`, or the DNS; for a vendor of your own, let whoever runs the operator name its network in `--http-issuer-networks`.',
    },
    TooManyKeys: {
      means: 'The issuer lists too many keys of one rotation.',
      remedy: 'Remove there those that are long dead.',
    },
    InvalidKeyID: {
      means: 'A key id has characters that no key of this issuer has.',
      remedy: 'Correct what names it.',
    },
    InvalidDeclaration: {
      means: 'An issuer of type HTTP declares something that makes no request.',
      remedy: 'Correct the field of `spec.http` that the message names.',
    },
    InvalidParameters: {
      means: 'The issuer of type HTTP needs something of `spec.key` that is not there, or that does not fit.',
      remedy: 'Correct the field of `spec.key` that the message names.',
    },
    PermissionsNotOffered: {
      means: 'The vendor gives all keys the same permissions, and `spec.key.permissions` has others.',
      remedy: 'Write what the message says into `spec.key.permissions`.',
    },
    IdempotencyMismatch: {
      means: 'The issuer has seen this request before, with other contents.',
      remedy: 'A clone of the cluster works with the same account: stop it, or give each its own `--installation`.',
    },
    KeyNotUsableYet: {
      means: 'The issuer does not know its new key yet.',
      remedy: 'Nothing: it is asked again some times.',
    },
    PermissionsPending: {
      means: 'The issuer took a change of permissions, and does not show it yet.',
      remedy: LATER,
    },
    ProbeUnfit: {
      means: 'The probe of an issuer of type Support accepts what is no key.',
      remedy: 'Name a request in `spec.support.environments[].probe.path` that answers 401 without a key.',
    },
    RegisterUnreadable: {
      means: 'The Secret in which an issuer of type Support keeps what people gave holds something else.',
      remedy: 'Restore it from a backup, or move away what somebody else has put there.',
    },
    RegisterIncomplete: {
      means: 'An issuer of type Support has no record of a key that the status names.',
      remedy: 'Restore its Secret `<issuer>-support-register` from a backup; the key is at the issuer.',
    },
    RevocationPending: {
      means: 'The issuer says of a revoked key that it lives, or a probe has only just begun to reject a key.',
      remedy: LATER,
    },
    IssuerReplaced: {
      means: 'A key was issued at an address to which no issuer of that name leads any more.',
      remedy: 'Restore the ApiKeyIssuer until the rotation has ended.',
    },
    StoreReplaced: {
      means: 'A key was written at an address to which no store of that name leads any more.',
      remedy: 'Restore the KeyStore until the rotation has ended, or [drop the target](requests.md#drop-target).',
    },
    ReferencesUnresolved: {
      means: 'Issuer or store are not usable now.',
      remedy: 'See `IssuerNotReady` and `StoreNotReady`.',
    },
    NotLeading: { means: 'This replica has lost the lease; another one goes on.', remedy: 'Nothing.' },
    NoSource: {
      means: 'The current key cannot be read from any target, to be copied to an added one.',
      remedy: 'Ask for another key: [rotate](requests.md#rotate).',
    },
    NoDecision: { means: 'The operator turns in circles.', remedy: DEFECT },
    CallFailed: {
      means:
        'A call failed in a way that has no name of its own; the message has the status code, or says that it is a defect of the operator.',
      remedy: LATER,
    },
  },
};

/** What calls to Vault end with. */
export const VAULT: Chapter = {
  title: 'What Vault answered',
  intro: 'The message names the server and what was asked for.',
  reasons: {
    VaultPermissionDenied: {
      means: 'The mount is not there, the token is dead, or its policy lacks something. Vault does not tell which.',
      remedy:
        '`vault token lookup`, `vault secrets list`; the policy needs `create`, `read`, `update` on `<mount>/data/<path>` and `read` on `<mount>/config`.',
    },
    VaultTokenDead: {
      means: "Vault does not know the store's token, or not any more.",
      remedy: 'Put a living one into the Secret, or let the store log in by itself, by `auth: {type: Kubernetes}`.',
    },
    VaultLoginRefused: {
      means: 'Vault does not let in whoever the store logs in as.',
      remedy:
        'Look at the role: `vault read auth/kubernetes/role/<role>`, `vault read auth/jwt/role/<role>` or `vault read auth/approle/role/<role>`; [stores-vault.md](stores-vault.md) has one of each.',
    },
    VaultMountMissing: {
      means: 'There is no such mount.',
      remedy: 'Correct `mount`, `namespace` or `url` of the store.',
    },
    VaultMountUnsuitable: { means: 'The mount is no KV version 2 engine.', remedy: 'Name another mount.' },
    VaultVersionOne: {
      means: 'The mount is KV version 1, which ignores compare-and-set.',
      remedy: '`vault kv enable-versioning <mount>`',
    },
    VaultTooFewVersions: {
      means: 'The mount keeps one version only, so that nothing could be rolled back.',
      remedy: '`vault write <mount>/config max_versions=10`, or `tolerate: [MaxVersions]` in the store.',
    },
    VaultVersionsExpire: {
      means: 'The mount, or the value, is deleted by itself after a while.',
      remedy:
        '`vault write <mount>/config delete_version_after=0s`, or `tolerate: [DeleteVersionAfter]` in the store where keys are rotated in time.',
    },
    VaultSealed: { means: 'Vault is sealed.', remedy: '`vault operator unseal`' },
    VaultNotInitialized: { means: 'Vault is new.', remedy: '`vault operator init`, then `vault operator unseal`' },
    VaultStandby: { means: 'This node is a standby.', remedy: 'Let `url` lead to the active node.' },
    VaultStateNotPresent: { means: 'This node has not caught up yet.', remedy: LATER },
    VaultRateLimited: { means: 'A rate limit quota is used up.', remedy: LATER },
    VaultUnavailable: { means: 'Vault is not available.', remedy: LATER },
    VaultRequestRefused: { means: 'Vault does not understand the request.', remedy: 'Correct `mount` and path.' },
    VaultCheckAndSetMismatch: {
      means: 'Another version stands there than was read; nothing was written.',
      remedy: 'Nothing: it is read again. If it lasts, somebody else writes that path.',
    },
    VaultSkipVerify: {
      means:
        "`VAULT_SKIP_VERIFY` is set in the operator's environment, which would turn the check of certificates off.",
      remedy: 'Remove it; trust an authority of your own by `ca` or `caRef`.',
    },
    RenewalFailed: { means: 'The token could not be renewed.', remedy: LATER },
    InvalidVersion: { means: 'The status records a version that is none.', remedy: 'Restore the status.' },
    AudienceNotAllowed: {
      means: 'The operator may not have tokens of that audience made.',
      remedy: 'Leave `audience` away, or add it to `--store-audiences`.',
    },
    ServiceAccountNotFound: {
      means: 'The ServiceAccount that the store logs in with is not there.',
      remedy: '`kubectl -n payments create serviceaccount <name>`, or correct the name.',
    },
    OperatorNamespaceUnknown: {
      means: 'The operator does not know its own namespace, where everything is that objects of the cluster name.',
      remedy: 'Start it with `--cluster-resource-namespace`.',
    },
    NoToken: { means: 'Kubernetes made no token for the ServiceAccount.', remedy: LATER },
  },
};

/** What calls to AWS end with. */
export const AWS: Chapter = {
  title: 'What AWS answered',
  intro:
    'The message names region and secret, and in brackets the name that AWS gives the error. See [stores-aws.md](stores-aws.md).',
  reasons: {
    AWSAccessDenied: {
      means: 'The credential lives, and its policies do not allow the call.',
      remedy:
        'Grant what [stores-aws.md](stores-aws.md) lists on this secret; look for a policy of the secret that denies it.',
    },
    AWSCredentialRefused: {
      means: 'AWS does not know the access key, or the request is signed with another secret.',
      remedy: 'Correct the Secret that the store names; if it is right, look at the clock of the node.',
    },
    AWSCredentialExpired: {
      means: 'The credential was temporary, and its time is over.',
      remedy: 'Renew the Secret, or let the store log in by `auth: {type: IRSA}`, which is renewed by itself.',
    },
    AWSLoginRefused: {
      means: 'STS does not give the role to the ServiceAccount.',
      remedy: '`aws iam get-role --role-name <role>`: provider, `aud` and `sub` of the trust policy.',
    },
    AWSPodIdentityNotAllowed: {
      means: "The store asks for the operator's own identity, which stores of this namespace may not use.",
      remedy: 'Log in by `IRSA` or `Static`, or add the namespace to `--pod-identity-namespaces`.',
    },
    AWSPodIdentityMissing: {
      means: "EKS has given the operator's pod no identity.",
      remedy: '`aws eks create-pod-identity-association` for the ServiceAccount of the operator, then restart it.',
    },
    AWSWrongAccount: {
      means: 'The credential, or the secret, is of another account or region than the store says.',
      remedy: 'Correct `accountID` or `region`, or the credential.',
    },
    AWSRegionDisabled: { means: 'The account does not use the region.', remedy: 'Enable it, or correct `region`.' },
    AWSKeyUnusable: {
      means: 'The KMS key of the secret is disabled, or the credential may not use it.',
      remedy: 'Grant `kms:Decrypt` and `kms:GenerateDataKey` on that key.',
    },
    AWSSecretDeleted: {
      means: 'The secret is scheduled for deletion. It is never restored by us.',
      remedy: '`aws secretsmanager restore-secret --secret-id <path>`, or another path.',
    },
    AWSSecretRotated: {
      means: 'Secrets Manager rotates the secret itself.',
      remedy: '`aws secretsmanager cancel-rotate-secret --secret-id <path>`, or another path.',
    },
    AWSSecretManaged: { means: 'Another AWS service manages the secret.', remedy: 'Choose another path.' },
    AWSSecretReplica: {
      means: 'The secret is a copy of one in another region.',
      remedy: 'Name a store of its primary region, or another path.',
    },
    AWSValueWithoutFields: {
      means: 'The secret holds binary data or a bare text.',
      remedy: 'Put a JSON object there, or choose another path.',
    },
    AWSThrottled: { means: 'The account made too many calls.', remedy: LATER },
    AWSReadsLate: { means: 'What was written cannot be seen yet.', remedy: LATER },
    AWSSecretChanged: {
      means: 'Another version is served than was read; nothing was served in its place.',
      remedy: 'Nothing: it is read again. If it lasts, somebody else writes that secret.',
    },
    AWSVersionExists: {
      means: 'A version with the id of this write holds something else.',
      remedy: 'Nothing: the next attempt takes another. If it lasts, find out who writes there.',
    },
    AWSLimitExceeded: {
      means: 'The secret has no room for another staging label or version.',
      remedy: '`aws secretsmanager list-secret-version-ids --secret-id <path>`: take off labels that nobody needs.',
    },
    AWSMarkerTooLong: {
      means: 'Installation, uid and key id make a staging label that is longer than 256 characters.',
      remedy: 'Start the operator with a shorter `--installation`.',
    },
    AWSRequestRefused: {
      means: 'Secrets Manager will not do this.',
      remedy: 'Correct the path, or what the secret is set up for.',
    },
  },
};

/** What stands at targets, and what Kubernetes says of Secrets. */
export const SECRETS: Chapter = {
  title: 'Targets and Kubernetes',
  intro: 'The message names the path.',
  reasons: {
    ForeignValue: {
      means: 'The path holds a value that this rotation did not write.',
      remedy: 'See `Conflict`.',
    },
    ForeignMarker: { means: 'The path belongs to another rotation.', remedy: 'See `Conflict`.' },
    HigherMarker: {
      means: 'Another process of this rotation has written a later key.',
      remedy: 'Nothing: this attempt ends, and the later one goes on.',
    },
    TargetContended: { means: 'Others keep writing the path.', remedy: 'Find out who, and let only one write.' },
    InvalidPath: {
      means: 'The path is none of this store.',
      remedy: 'A path in a KubernetesSecret store is the name of a Secret.',
    },
    SecretAccessDenied: {
      means: 'The operator lacks verbs on Secrets of the namespace.',
      remedy:
        'Name the Secrets of its targets in `rbac.targets` of the chart, or set `rbac.secretTargets: true`; without the chart bind the Role of [operator-rights.md](operator-rights.md).',
    },
    SecretTypeRefused: { means: 'The Secret is of a special type.', remedy: 'Name another Secret, or delete it.' },
    SecretImmutable: {
      means: 'The Secret is immutable.',
      remedy: 'Delete it and let it be made anew, or name another.',
    },
    SecretChanged: { means: 'The Secret changed between read and write; nothing was written.', remedy: LATER },
    Forbidden: {
      means: 'The operator may not do this in Kubernetes.',
      remedy:
        'The Role of [operator-rights.md](operator-rights.md); `kubectl auth can-i --as system:serviceaccount:… …` tells. Tokens for AWS take `policies.awsTokens` of the chart besides.',
    },
    ConnectionBroken: { means: 'The connection to the API server broke before the answer came.', remedy: LATER },
    AnswerTooLarge: { means: 'The API server answers with more than is read.', remedy: DEFECT },
    UnexpectedAnswer: {
      means: 'Something else than a Kubernetes API answers.',
      remedy: 'Correct the server address of the kubeconfig, or the proxy before it.',
    },
    CredentialsUnreadable: {
      means: "The operator's own kubeconfig or token cannot be read.",
      remedy: 'Mount it again.',
    },
    ServerTimeUnknown: { means: 'The API server has not answered yet since the start.', remedy: LATER },
  },
};
