import type { Secret } from '../../../../sandbox/aws/engine/secret.ts';
import { NAMESPACE, TARGETS } from '../../world/places.ts';
import type { BadInput, Seen } from '../bad-input.ts';
import { ACTIONS, cloudOf, ROLE, SUBJECT } from '../cloud.ts';
import { AWS_REGION } from '../network.ts';
import type { Newcomer } from '../newcomer.ts';

const PATH = TARGETS.Vault.path;
const STORE = { resource: 'keystores.apikeyrotation.io', namespace: NAMESPACE, name: 'aws' };

/** Makes store and rotation, the second target of which is in Secrets Manager. */
function create(newcomer: Newcomer, spec: object = {}): unknown {
  const { engine } = cloudOf(newcomer);
  const auth = { type: 'Static', static: { secretRef: { name: 'aws' } } };
  const awsSecretsManager = { region: AWS_REGION, accountID: engine.account, auth, ...spec };
  newcomer.make({
    kind: 'KeyStore',
    metadata: { name: 'aws' },
    spec: { type: 'AWSSecretsManager', awsSecretsManager },
  });
  const target = { name: 'aws', storeRef: { name: 'aws' }, path: PATH };
  return newcomer.create({ targets: [TARGETS.Vault, target] });
}

const giveCredential = (newcomer: Newcomer) => newcomer.secret('aws', cloudOf(newcomer).credential);
const notReady = (reason: string): Seen => ({ type: 'Condition', kind: 'KeyStore', condition: 'Ready', reason });
const needsHuman: Seen = { type: 'Condition', kind: 'ApiKeyRotation', condition: 'Stalled', reason: 'NeedsHuman' };
const AGAIN = 'it is tried again at least every 5 minutes';

/** A secret stands there that cannot be a target, until that is taken back. */
function withSecret(spoil: (secret: Secret, newcomer: Newcomer) => void, mend: (secret: Secret) => void) {
  const find = (newcomer: Newcomer): Secret => {
    const { engine } = cloudOf(newcomer);
    const scene = { region: AWS_REGION, account: engine.account, now: 0 };
    const found = () => engine.secretsManager.find(AWS_REGION, PATH);
    if (!found()) engine.secretsManager.call('CreateSecret', { Name: PATH }, scene);
    return found() as Secret;
  };
  return {
    wrong: (newcomer: Newcomer) => {
      giveCredential(newcomer);
      spoil(find(newcomer), newcomer);
      return create(newcomer);
    },
    correct: (newcomer: Newcomer) => mend(find(newcomer)),
  };
}

/** Stores at AWS that cannot be used as they are described. */
export const AWS_STORES: readonly BadInput[] = [
  {
    did: 'forgot the Secret with the access key for AWS',
    seen: notReady('CredentialNotFound'),
    wrong: (newcomer) => create(newcomer),
    correct: giveCredential,
    message:
      'Secret payments/aws does not exist; write the credential there (key AWS_ACCESS_KEY_ID), or correct secretRef',
    names: ['Secret payments/aws', 'AWS_ACCESS_KEY_ID', 'secretRef'],
    remedy:
      '`kubectl -n payments create secret generic aws --from-env-file=…` with `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, or log in by `auth: {type: IRSA}` without any Secret.',
  },
  {
    did: 'gave the store an access key with the secret of another',
    seen: notReady('AWSCredentialRefused'),
    wrong: (newcomer) => {
      newcomer.secret('aws', { ...cloudOf(newcomer).credential, AWS_SECRET_ACCESS_KEY: 'of-another' });
      return create(newcomer);
    },
    correct: giveCredential,
    message:
      'STS eu-north-1 answered 403 (SignatureDoesNotMatch) when asked to name the account of its credential: it does not know the access key, or its secret is another, or the clock here is wrong by minutes; check the credential of the store',
    names: ['STS eu-north-1', 'its secret is another', 'check the credential'],
    remedy: '`aws sts get-caller-identity` with the same values tells whether they belong together.',
  },
  {
    did: 'named another account than that of the credential',
    seen: notReady('AWSWrongAccount'),
    wrong: (newcomer) => {
      giveCredential(newcomer);
      return create(newcomer, { accountID: '999999999999' });
    },
    correct: (newcomer) =>
      newcomer.change({ awsSecretsManager: { accountID: cloudOf(newcomer).engine.account } }, STORE),
    message:
      'the credential is of account 123456789012, the store of account 999999999999: correct accountID of the store, or give it a credential of that account',
    names: ['account 123456789012', 'accountID of the store'],
    remedy: '`aws sts get-caller-identity` names the account.',
  },
  {
    did: 'named a role that does not trust the ServiceAccount',
    seen: notReady('AWSLoginRefused'),
    wrong: (newcomer) => {
      const irsa = { roleARN: 'arn:aws:iam::123456789012:role/keys', serviceAccountName: 'api' };
      cloudOf(newcomer).engine.identities.setRole(ROLE, { subject: '', audience: '', permissions: () => [] });
      return create(newcomer, { auth: { type: 'IRSA', irsa } });
    },
    correct: (newcomer) => {
      const permissions = () => [{ actions: ACTIONS, prefix: '' }];
      const { identities } = cloudOf(newcomer).engine;
      identities.setRole(ROLE, { subject: SUBJECT, audience: 'sts.amazonaws.com', permissions });
    },
    message:
      "STS refused the login as arn:aws:iam::123456789012:role/keys: check that the role exists, and that its trust policy names the cluster's OIDC provider, the audience and system:serviceaccount:<namespace>:<name> of the ServiceAccount",
    names: ['role/keys', 'its trust policy'],
    remedy:
      '`aws iam get-role --role-name keys`: the trust policy names `system:serviceaccount:payments:api` as `sub` and `sts.amazonaws.com` as `aud`.',
  },
  {
    did: "let a store use the operator's own identity at AWS, where that was not allowed",
    seen: notReady('AWSPodIdentityNotAllowed'),
    wrong: (newcomer) => {
      giveCredential(newcomer);
      return create(newcomer, { auth: { type: 'PodIdentity' } });
    },
    correct: (newcomer) =>
      newcomer.change(
        { awsSecretsManager: { auth: { type: 'Static', static: { secretRef: { name: 'aws' } } } } },
        STORE,
      ),
    message:
      'KeyStore field spec.awsSecretsManager.auth.type is PodIdentity, which namespace payments may not use: choose IRSA or Static, or let whoever runs the operator add it to --pod-identity-namespaces',
    names: ['spec.awsSecretsManager.auth.type', 'namespace payments', '--pod-identity-namespaces'],
    remedy: 'Log in by `IRSA` or `Static`, or start the operator with `--pod-identity-namespaces=payments`.',
  },
  {
    did: 'gave the store a credential whose policy does not reach the secret',
    seen: needsHuman,
    wrong: (newcomer) => {
      cloudOf(newcomer).prefix = 'other/';
      giveCredential(newcomer);
      return create(newcomer);
    },
    correct: (newcomer) => {
      cloudOf(newcomer).prefix = 'payments/';
    },
    message: `Secrets Manager eu-north-1 answered 400 (AccessDeniedException) when asked to describe payments/apio: its policy lacks secretsmanager:DescribeSecret, GetSecretValue, PutSecretValue, UpdateSecretVersionStage or CreateSecret on this secret, or a policy of the secret or the organization forbids it; correct it there or in spec; ${AGAIN}`,
    names: ['Secrets Manager eu-north-1', PATH, 'its policy lacks'],
    remedy: 'The policy of [stores-aws.md](stores-aws.md), with `secret:payments/*` as its resource.',
  },
  {
    did: 'named a secret that is scheduled for deletion',
    seen: needsHuman,
    ...withSecret(
      (secret) => {
        secret.deletedAt = 1;
      },
      (secret) => {
        secret.deletedAt = undefined;
      },
    ),
    message: `secret payments/apio is scheduled for deletion, and never restored by us; run: aws secretsmanager restore-secret --secret-id payments/apio; or choose another path; correct it there or in spec; ${AGAIN}`,
    names: ['secret payments/apio', 'aws secretsmanager restore-secret'],
    remedy: '`aws secretsmanager restore-secret --secret-id payments/apio`, or another path.',
  },
  {
    did: 'named a secret that Secrets Manager rotates itself',
    seen: needsHuman,
    ...withSecret(
      (secret) => {
        secret.rotationEnabled = true;
      },
      (secret) => {
        secret.rotationEnabled = false;
      },
    ),
    message: `secret payments/apio is rotated by Secrets Manager itself, and two rotators would undo each other; run: aws secretsmanager cancel-rotate-secret --secret-id payments/apio; or choose another path; correct it there or in spec; ${AGAIN}`,
    names: ['secret payments/apio', 'aws secretsmanager cancel-rotate-secret'],
    remedy: '`aws secretsmanager cancel-rotate-secret --secret-id payments/apio`, or another path.',
  },
];
