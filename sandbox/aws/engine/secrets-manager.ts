import { AwsFailure, type Json } from './answers.ts';
import { Secret } from './secret.ts';

/** Where and when a call is made. */
export interface Scene {
  readonly region: string;
  readonly account: string;
  /** Seconds since the epoch. */
  readonly now: number;
}

/** Secrets Manager of one account: the calls that the operator makes, and what its administrator does. */
export class SecretsManager {
  readonly #secrets = new Map<string, { secret: Secret; before: Secret | undefined }>();
  readonly #random: () => number;
  /** So many reads answer as things were before the last write: the service is eventually consistent. */
  lateReads = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** For administrators. */
  find(region: string, name: string): Secret | undefined {
    return this.#secrets.get(keyOf(region, name))?.secret;
  }

  /** Carries out one call by its name. Throws AwsFailure. */
  call(action: string, input: Json, scene: Scene): Json {
    const name = textOf(input, action === 'CreateSecret' ? 'Name' : 'SecretId');
    if (action === 'CreateSecret') return this.#create(name, input, scene);
    if (action === 'DescribeSecret') return describe(this.#read(scene, name));
    if (action === 'GetSecretValue') return versionOf(readable(this.#read(scene, name)), input);
    if (action === 'PutSecretValue') return this.#put(this.#writable(scene, name), input, scene);
    if (action === 'UpdateSecretVersionStage') return this.#move(this.#writable(scene, name), input);
    throw new AwsFailure('UnknownOperationException', '');
  }

  #create(name: string, input: Json, scene: Scene): Json {
    const key = keyOf(scene.region, name);
    if (this.#secrets.has(key))
      throw new AwsFailure(
        'ResourceExistsException',
        `The operation failed because the secret ${name} already exists.`,
      );
    if (!/^[\w/+=.@-]{1,512}$/.test(name))
      throw new AwsFailure(
        'ValidationException',
        'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
      );
    const arn = `arn:aws:secretsmanager:${scene.region}:${scene.account}:secret:${name}-${this.#suffix()}`;
    const secret = new Secret({ name, arn, createdAt: scene.now });
    this.#secrets.set(key, { secret, before: undefined });
    if (typeof input.SecretString !== 'string') return { ARN: arn, Name: name };
    const id = textOf(input, 'ClientRequestToken');
    secret.put(id, input.SecretString, ['AWSCURRENT'], scene.now);
    return { ARN: arn, Name: name, VersionId: id };
  }

  #put(secret: Secret, input: Json, { now }: Scene): Json {
    const id = textOf(input, 'ClientRequestToken');
    const stages = Array.isArray(input.VersionStages) ? input.VersionStages.map(String) : ['AWSCURRENT'];
    if (!/^.{32,64}$/.test(id) || stages.some((stage) => !/^.{1,256}$/.test(stage)))
      throw new AwsFailure('ValidationException', 'a member does not satisfy its constraint');
    const labels = secret.put(id, textOf(input, 'SecretString'), stages, now);
    return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: labels };
  }

  #move(secret: Secret, input: Json): Json {
    const optional = (field: string) => (input[field] === undefined ? undefined : textOf(input, field));
    secret.move({
      label: textOf(input, 'VersionStage'),
      to: optional('MoveToVersionId'),
      from: optional('RemoveFromVersionId'),
    });
    return { ARN: secret.arn, Name: secret.name };
  }

  #read({ region }: Scene, name: string): Secret {
    const held = this.#secrets.get(keyOf(region, name));
    const isLate = held !== undefined && this.lateReads > 0;
    if (isLate) this.lateReads -= 1;
    const found = isLate ? held.before : held?.secret;
    if (!found) throw missing();
    return found;
  }

  #writable({ region }: Scene, name: string): Secret {
    const held = this.#secrets.get(keyOf(region, name));
    if (!held) throw missing();
    readable(held.secret);
    if (held.secret.primaryRegion !== undefined && held.secret.primaryRegion !== region) {
      throw new AwsFailure(
        'InvalidRequestException',
        "Operation not permitted on a replica secret. Call must be made in primary secret's region.",
      );
    }
    held.before = held.secret.snapshot();
    return held.secret;
  }

  #suffix(): string {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
    return Array.from({ length: 6 }, () => letters[Math.floor(this.#random() * letters.length)]).join('');
  }
}

function describe(secret: Secret): Json {
  const labelled = [...secret.versions].filter(([, { labels }]) => labels.size > 0);
  return {
    ARN: secret.arn,
    Name: secret.name,
    CreatedDate: secret.createdAt,
    ...(secret.rotationEnabled ? { RotationEnabled: true } : {}),
    ...(secret.deletedAt === undefined ? {} : { DeletedDate: secret.deletedAt }),
    ...(secret.primaryRegion === undefined ? {} : { PrimaryRegion: secret.primaryRegion }),
    ...(secret.owningService === undefined ? {} : { OwningService: secret.owningService }),
    ...(labelled.length === 0
      ? {}
      : { VersionIdsToStages: Object.fromEntries(labelled.map(([id, { labels }]) => [id, [...labels]])) }),
  };
}

function versionOf(secret: Secret, input: Json): Json {
  const label = typeof input.VersionStage === 'string' ? input.VersionStage : 'AWSCURRENT';
  const id = typeof input.VersionId === 'string' ? input.VersionId : secret.at(label);
  const version = secret.versions.get(id ?? '');
  if (!id || !version) {
    const which = typeof input.VersionId === 'string' ? `VersionId: ${input.VersionId}` : `staging label: ${label}`;
    throw new AwsFailure(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for ${which}`,
    );
  }
  const { text, createdAt, labels } = version;
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: id,
    SecretString: text,
    VersionStages: [...labels],
    CreatedDate: createdAt,
  };
}

function readable(secret: Secret): Secret {
  if (secret.deletedAt === undefined) return secret;
  throw new AwsFailure(
    'InvalidRequestException',
    "You can't perform this operation on the secret because it was marked for deletion.",
  );
}

function missing(): AwsFailure {
  return new AwsFailure('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
}

function keyOf(region: string, name: string): string {
  return `${region}/${name}`;
}

function textOf(input: Json, field: string): string {
  const value = input[field];
  if (typeof value === 'string') return value;
  throw new AwsFailure('ValidationException', `${field} must not be null`);
}
