import { AwsEngine } from '../aws/engine/aws-engine.ts';
import { startAwsServer } from '../aws/server.ts';
import { machine, type Part } from './part.ts';

/** Every call that the sandbox has. */
const ACTIONS = ['CreateSecret', 'DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'];

/** Secrets Manager and STS in every region, and an access key that may do everything. */
export const awsPart: Part = {
  ports: 1,
  start: async (port) => {
    const engine = new AwsEngine(machine);
    const { id, secret } = engine.identities.createUser('sandbox', () => [{ actions: ACTIONS, prefix: '' }]);
    const { url, close } = await startAwsServer({ engine, port });
    return {
      close,
      lines: [
        `# AWS: Secrets Manager and STS of account ${engine.account}; the operator takes --aws-endpoint=${url}`,
        `export AWS_ENDPOINT_URL=${url} AWS_REGION=eu-north-1 AWS_ACCESS_KEY_ID=${id} AWS_SECRET_ACCESS_KEY=${secret}`,
        `aws secretsmanager create-secret --name demo --secret-string '{"hello": "world"}'`,
        'aws secretsmanager get-secret-value --secret-id demo',
      ],
    };
  },
};
