import { randomInt, randomUUID } from 'node:crypto';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { AwsEngine } from '../../../sandbox/aws/engine/aws-engine.ts';
import { startAwsServer } from '../../../sandbox/aws/server.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import type { AwsCredentials } from '../../../src/stores/aws/aws-credentials.ts';
import type { CannedAnswer, ProxiedRequest } from '../../e2e/components/api-proxy.ts';
import { sharedComponents } from '../../e2e/components/shared.ts';

export const REGION = 'eu-north-1';

/** What the store calls. */
const ACTIONS = ['CreateSecret', 'DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'];
const READS = ['DescribeSecret', 'GetSecretValue'];

/** A Secrets Manager under test, sandbox or moto, with an account of its own. */
export interface AwsStand {
  readonly url: string;
  readonly account: string;
  /** Of an identity that may do what the docs ask for, on every secret. */
  readonly credentials: AwsCredentials;
  /** The administrator's own client. */
  readonly admin: SecretsManagerClient;
  /** The role that `jwt` may be exchanged for. */
  readonly roleARN: string;
  jwt(): Promise<SecretValue>;
  /** From now on nothing may be written. */
  denyWrites(deny: (answer: CannedAnswer) => void): void;
  /** The sandbox's engine, for what moto cannot be told to do; undefined at moto. */
  readonly engine?: AwsEngine;
  close(): Promise<void>;
}

/** At the moto of the run, else at a fresh sandbox. */
export function standAtAws(): Promise<AwsStand> {
  const real = sharedComponents();
  return real ? standAtMoto(real.moto.url) : standAtSandbox();
}

/** The name of the call that a request makes: `PutSecretValue`. */
export function actionOf({ headers }: Pick<ProxiedRequest, 'headers'>): string | undefined {
  return String(headers['x-amz-target']).split('.')[1];
}

const accessDenied: CannedAnswer = {
  status: 400,
  body: {
    __type: 'AccessDeniedException',
    Message: 'User: x is not authorized to perform: secretsmanager:PutSecretValue',
  },
};

async function standAtSandbox(): Promise<AwsStand> {
  const jwt = 'jwt-of-the-operator';
  const subject = 'system:serviceaccount:shop:secrets-writer';
  const engine = new AwsEngine({
    now: Date.now,
    uuid: randomUUID,
    random: Math.random,
    reviewToken: (token, audience) => (token === jwt && audience === 'sts.amazonaws.com' ? { subject } : undefined),
  });
  let actions = ACTIONS;
  const permissions = () => [{ actions, prefix: '' }];
  const operator = engine.identities.createUser('operator', permissions);
  const administrator = engine.identities.createUser('admin', () => [{ actions: ACTIONS, prefix: '' }]);
  engine.identities.setRole('operator', { subject, audience: 'sts.amazonaws.com', permissions });
  const { url, close } = await startAwsServer({ engine });
  const credentials = { accessKeyId: administrator.id, secretAccessKey: administrator.secret };
  const admin = new SecretsManagerClient({ endpoint: url, region: REGION, credentials });
  return {
    url,
    account: engine.account,
    credentials: { accessKeyID: operator.id, secretAccessKey: new SecretValue(operator.secret) },
    admin,
    roleARN: `arn:aws:iam::${engine.account}:role/operator`,
    jwt: async () => new SecretValue(jwt),
    denyWrites: () => {
      actions = READS;
    },
    engine,
    close: async () => {
      admin.destroy();
      await close();
    },
  };
}

/** Moto has an account for each role that somebody assumes; it knows no policies. */
async function standAtMoto(url: string): Promise<AwsStand> {
  const account = String(randomInt(1e11, 1e12));
  const roleARN = `arn:aws:iam::${account}:role/operator`;
  const unknown = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'unknown' };
  const sts = new STSClient({ endpoint: url, region: REGION, credentials: unknown });
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: roleARN, RoleSessionName: 'test' }));
  sts.destroy();
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  const admin = new SecretsManagerClient({ endpoint: url, region: REGION, credentials });
  return {
    url,
    account,
    credentials: {
      accessKeyID: AccessKeyId,
      secretAccessKey: new SecretValue(SecretAccessKey),
      sessionToken: new SecretValue(SessionToken),
    },
    admin,
    roleARN,
    jwt: async () => new SecretValue('jwt-that-moto-does-not-look-at'),
    denyWrites: (deny) => deny(accessDenied),
    close: async () => admin.destroy(),
  };
}
