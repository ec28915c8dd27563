import type { CallError } from '../../http/call-error.ts';
import type { CallSubject } from '../../http/outcome.ts';
import { SecretValue } from '../../key/secret-value.ts';
import { awsErrorName, errorOfAws, errorOfUnknownShape } from './aws-errors.ts';
import { type SdkOptions, sdkSettings } from './sdk-settings.ts';

/** A secret without its values. */
export interface SecretDescription {
  readonly arn: string;
  /** Labels by the id of the version that carries them; versions without any are not listed. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
  /** Why nobody but its owner may write it; undefined where we may. */
  readonly obstacle?: Obstacle;
}

export type Obstacle = 'Deleted' | 'Rotated' | 'Managed' | 'Replica';

/** One version with its value. */
export interface SecretVersion {
  readonly arn: string;
  readonly id: string;
  /** RFC 3339. */
  readonly createdTime: string;
  readonly labels: readonly string[];
  /** Undefined where it is binary. */
  readonly text?: SecretValue;
}

/** A version to make. */
export interface NewVersion {
  readonly name: string;
  readonly id: string;
  readonly text: string;
  readonly label: string;
}

/** Puts a label on one version and takes it off another; a compare-and-set where it is on a version already. */
export interface LabelMove {
  readonly name: string;
  readonly label: string;
  readonly to?: string;
  readonly from?: string;
}

/** Calls Secrets Manager in one region. Every method throws CallError, and takes a secret by its name. */
export interface SecretsClient {
  /** Undefined where there is none. */
  describe(name: string): Promise<SecretDescription | undefined>;
  /** A version by its id or a label; undefined where there is none. */
  version(name: string, by: { readonly id: string } | { readonly label: string }): Promise<SecretVersion | undefined>;
  /** An empty one. Nothing is done where there is one. */
  create(name: string): Promise<void>;
  /** The labels that the version carries now. The same id with the same text again changes nothing. */
  put(version: NewVersion): Promise<readonly string[]>;
  /** False where AWS did not move it, mostly since the label is not where it was said to be: only a look tells. */
  move(move: LabelMove): Promise<boolean>;
}

/** The SDK is loaded with the first call. */
export function createSecretsClient(options: SdkOptions): SecretsClient {
  let loading: ReturnType<typeof load> | undefined;
  const loaded = () => {
    loading ??= load(options);
    return loading;
  };
  const subjectOf = (operation: string, idempotent = true): CallSubject => {
    return { peer: `Secrets Manager ${options.region}`, operation, idempotent };
  };
  return {
    async describe(name) {
      const { client, DescribeSecretCommand } = await loaded();
      const subject = subjectOf(`describe ${name}`);
      const sent = client.send(new DescribeSecretCommand({ SecretId: name }));
      const answer = await sent.catch(unless(subject, 'ResourceNotFoundException'));
      return answer && (toDescription(answer, options.region) ?? fail(errorOfUnknownShape(subject)));
    },
    async version(name, by) {
      const { client, GetSecretValueCommand } = await loaded();
      const subject = subjectOf(`read ${name}`);
      const which = 'id' in by ? { VersionId: by.id } : { VersionStage: by.label };
      const sent = client.send(new GetSecretValueCommand({ SecretId: name, ...which }));
      const answer = await sent.catch(unless(subject, 'ResourceNotFoundException'));
      return answer && (toVersion(answer) ?? fail(errorOfUnknownShape(subject)));
    },
    async create(name) {
      const { client, CreateSecretCommand } = await loaded();
      const subject = subjectOf(`create ${name}`);
      const Description = 'Holds an API key; written by apikey-rotation-operator';
      await client
        .send(new CreateSecretCommand({ Name: name, Description }))
        .catch(unless(subject, 'ResourceExistsException'));
    },
    async put({ name, id, text, label }) {
      const { client, PutSecretValueCommand } = await loaded();
      const subject = subjectOf(`write ${name}`, false);
      const stages = { ClientRequestToken: id, VersionStages: [label] };
      const answer = await client
        .send(new PutSecretValueCommand({ SecretId: name, SecretString: text, ...stages }))
        .catch(failing(subject));
      if (answer.VersionId !== id) throw errorOfUnknownShape(subject);
      return answer.VersionStages ?? [];
    },
    async move({ name, label, to, from }) {
      const { client, UpdateSecretVersionStageCommand } = await loaded();
      const subject = subjectOf(`move label ${label} of ${name}`, to === undefined);
      const versions = {
        ...(to === undefined ? {} : { MoveToVersionId: to }),
        ...(from === undefined ? {} : { RemoveFromVersionId: from }),
      };
      const sent = client.send(
        new UpdateSecretVersionStageCommand({ SecretId: name, VersionStage: label, ...versions }),
      );
      return (await sent.catch(unless(subject, 'InvalidParameterException', 'InvalidRequestException'))) !== undefined;
    },
  };
}

async function load(options: SdkOptions) {
  const { SecretsManagerClient, ...commands } = await import('@aws-sdk/client-secrets-manager');
  return { client: new SecretsManagerClient(sdkSettings(options)), ...commands };
}

/** What the SDK made of an answer to DescribeSecret. */
interface DescribeAnswer {
  readonly ARN?: string | undefined;
  readonly DeletedDate?: Date | undefined;
  readonly RotationEnabled?: boolean | undefined;
  readonly OwningService?: string | undefined;
  readonly PrimaryRegion?: string | undefined;
  readonly VersionIdsToStages?: Record<string, string[]> | undefined;
}

function toDescription(answer: DescribeAnswer, region: string): SecretDescription | undefined {
  const { ARN: arn, VersionIdsToStages = {} } = answer;
  if (arn === undefined) return undefined;
  const obstacle = obstacleOf(answer, region);
  return { arn, labels: new Map(Object.entries(VersionIdsToStages)), ...(obstacle ? { obstacle } : {}) };
}

function obstacleOf(answer: DescribeAnswer, region: string): Obstacle | undefined {
  if (answer.DeletedDate) return 'Deleted';
  if (answer.OwningService) return 'Managed';
  if (answer.RotationEnabled) return 'Rotated';
  return answer.PrimaryRegion !== undefined && answer.PrimaryRegion !== region ? 'Replica' : undefined;
}

/** What the SDK made of an answer to GetSecretValue. */
interface ValueAnswer {
  readonly ARN?: string | undefined;
  readonly VersionId?: string | undefined;
  readonly VersionStages?: string[] | undefined;
  readonly CreatedDate?: Date | undefined;
  readonly SecretString?: string | undefined;
}

function toVersion({
  ARN,
  VersionId,
  CreatedDate,
  VersionStages,
  SecretString,
}: ValueAnswer): SecretVersion | undefined {
  if (ARN === undefined || VersionId === undefined || CreatedDate === undefined) return undefined;
  return {
    arn: ARN,
    id: VersionId,
    createdTime: CreatedDate.toISOString(),
    labels: VersionStages ?? [],
    ...(SecretString === undefined ? {} : { text: new SecretValue(SecretString) }),
  };
}

function failing(subject: CallSubject): (error: unknown) => never {
  return (error) => {
    throw errorOfAws(subject, error);
  };
}

/** Undefined for an error of one of those names; all others are thrown. */
function unless(subject: CallSubject, ...names: readonly string[]): (error: unknown) => undefined {
  return (error) => {
    if (!names.includes(awsErrorName(error) ?? '')) throw errorOfAws(subject, error);
    return undefined;
  };
}

function fail(error: CallError): never {
  throw error;
}
