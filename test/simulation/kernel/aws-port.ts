import { AwsFailure, type Json } from '../../../sandbox/aws/engine/answers.ts';
import type { SecretsManager } from '../../../sandbox/aws/engine/secrets-manager.ts';
import { CallError } from '../../../src/http/call-error.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { awsLocation } from '../../../src/stores/aws/aws-location.ts';
import { toStoredValue } from '../../../src/stores/aws/aws-values.ts';
import type { SecretsClient, SecretVersion } from '../../../src/stores/aws/secrets-client.ts';
import { createVersionedStore } from '../../../src/stores/aws/versioned-store.ts';
import type { KeyStore, StoredValue } from '../../../src/stores/port.ts';
import { callOf } from './faults.ts';
import type { Process } from './process.ts';

const LOCATION = awsLocation({ region: 'eu-north-1', accountID: '123456789012' });

/** Secrets Manager of the world: its engine, the time, and who is told when consumers may be served something else at a path. */
export interface Aws {
  readonly manager: SecretsManager;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onWritten: (path: string) => void;
}

/**
 * Secrets Manager as one process reaches it: the store of `src` over the sandbox's engine, each request of it a call of its own. Stale
 * reads answer as things were before the last write to the secret.
 */
export function createAwsPort(aws: Aws, process: Process): KeyStore {
  return createVersionedStore({
    client: createClient(aws, process),
    location: LOCATION,
    clock: process.clock,
    check: () => process.call(callOf('store check'), () => undefined),
  });
}

/** What consumers are served at a path; undefined where nothing. */
export function servedByAws(aws: Aws, path: string): StoredValue | undefined {
  const found = ask(aws, 'GetSecretValue', { SecretId: path }, 'ResourceNotFoundException');
  return found && toStoredValue(path, toVersion(found));
}

function createClient(aws: Aws, process: Process): SecretsClient {
  const read = <T>(verb: string, name: string, action: string, input: Json, read: (answer: Json) => T) =>
    process.call(callOf(`store ${verb}`, name), (stale) => {
      aws.manager.lateReads = stale ? 1 : 0;
      const answer = ask(aws, action, { SecretId: name, ...input }, 'ResourceNotFoundException');
      aws.manager.lateReads = 0;
      return answer && read(answer);
    });
  const write = (verb: string, name: string, action: string, input: Json, ...expected: readonly string[]) =>
    process.call(callOf(`store ${verb}`, name), () => {
      const answer = ask(aws, action, input, ...expected);
      dropUnlabelled(aws, name);
      aws.onWritten(name);
      return answer;
    });
  return {
    describe: (name) => read('describe', name, 'DescribeSecret', {}, toDescription),
    version: (name, by) =>
      'id' in by
        ? read('version', name, 'GetSecretValue', { VersionId: by.id }, toVersion)
        : read('served', name, 'GetSecretValue', { VersionStage: by.label }, toVersion),
    async create(name) {
      await write('create', name, 'CreateSecret', { Name: name }, 'ResourceExistsException');
    },
    async put({ name, id, text, label }) {
      const version = { SecretId: name, ClientRequestToken: id, SecretString: text, VersionStages: [label] };
      const answer = await write('put', name, 'PutSecretValue', version);
      return answer?.VersionStages as string[];
    },
    async move({ name, label, to, from }) {
      const move = { SecretId: name, VersionStage: label, MoveToVersionId: to, RemoveFromVersionId: from };
      return (await write('move', name, 'UpdateSecretVersionStage', move, 'InvalidParameterException')) !== undefined;
    },
  };
}

/** AWS may, at any time. */
function dropUnlabelled({ manager }: Aws, name: string): void {
  const { versions } = manager.find(LOCATION.region, name) ?? {};
  for (const [id, { labels }] of versions ?? []) if (labels.size === 0) versions?.delete(id);
}

/** Undefined for a failure of one of those names; others are told as AWS tells them. */
function ask({ manager, now }: Aws, action: string, input: Json, ...expected: readonly string[]): Json | undefined {
  const { region, accountID: account } = LOCATION;
  try {
    return manager.call(action, input, { region, account, now: now() / 1_000 });
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error;
    if (expected.includes(error.name)) return undefined;
    throw new CallError('refused', error.name, `Secrets Manager answered 400 (${error.name})`, { status: 400 });
  }
}

function toDescription({ ARN, VersionIdsToStages = {} }: Json) {
  return { arn: String(ARN), labels: new Map(Object.entries(VersionIdsToStages as Record<string, string[]>)) };
}

function toVersion(answer: Json): SecretVersion {
  return {
    arn: String(answer.ARN),
    id: String(answer.VersionId),
    createdTime: new Date(Number(answer.CreatedDate) * 1_000).toISOString(),
    labels: answer.VersionStages as string[],
    text: new SecretValue(String(answer.SecretString)),
  };
}
