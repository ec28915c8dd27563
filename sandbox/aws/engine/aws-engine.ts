import {
  type AwsAnswer,
  AwsFailure,
  type AwsRequest,
  jsonAnswer,
  jsonFailure,
  xmlAnswer,
  xmlFailure,
} from './answers.ts';
import { type AccessKey, Identities, type ReviewToken } from './identities.ts';
import { SecretsManager } from './secrets-manager.ts';
import { type Claim, isSignedWith, readClaim } from './signature.ts';

/** What the engine needs from outside. */
export interface AwsEngineOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly uuid: () => string;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Twelve digits. */
  readonly account?: string;
  /** Checks tokens of ServiceAccounts; without it every login is refused. */
  readonly reviewToken?: ReviewToken;
}

/**
 * Secrets Manager and STS of one account, in every region, without network, timers or clock of its own. Signatures are checked as AWS
 * does: a request that is not signed with a key it knows gets nothing.
 */
export class AwsEngine {
  readonly account: string;
  readonly secretsManager: SecretsManager;
  readonly identities: Identities;
  readonly #now: () => number;

  constructor({ now, uuid, random, account = '123456789012', reviewToken = () => undefined }: AwsEngineOptions) {
    this.account = account;
    this.#now = now;
    this.secretsManager = new SecretsManager(random);
    this.identities = new Identities({ account, now, uuid, reviewToken });
  }

  /** Carries out one request. */
  handle(request: AwsRequest): AwsAnswer {
    const action = /^secretsmanager\.(\w+)$/.exec(request.headers['x-amz-target'] ?? '')?.[1];
    try {
      return action === undefined ? this.#sts(request) : this.#secrets(action, request);
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error;
      return action === undefined ? xmlFailure(error) : jsonFailure(error);
    }
  }

  #secrets(action: string, request: AwsRequest): AwsAnswer {
    const names = {
      unknown: 'UnrecognizedClientException',
      wrong: 'InvalidSignatureException',
      expired: 'ExpiredTokenException',
    };
    const { claim, key } = this.#caller(request, 'secretsmanager', names);
    const input = JSON.parse(request.body) as Record<string, unknown>;
    const name = String(input.SecretId ?? input.Name);
    const isAllowed = key.identity
      .permissions()
      .some(({ actions, prefix }) => actions.includes(action) && name.startsWith(prefix));
    if (!isAllowed) {
      throw new AwsFailure(
        'AccessDeniedException',
        `User: ${key.identity.arn} is not authorized to perform: secretsmanager:${action} on resource: ${name} because no identity-based policy allows the secretsmanager:${action} action`,
      );
    }
    const scene = { region: claim.region, account: this.account, now: this.#now() / 1_000 };
    return jsonAnswer(this.secretsManager.call(action, input, scene));
  }

  #sts(request: AwsRequest): AwsAnswer {
    const input = new URLSearchParams(request.body);
    const action = input.get('Action');
    if (action === 'AssumeRoleWithWebIdentity') return this.#assumeRole(input);
    if (action !== 'GetCallerIdentity') throw new AwsFailure('InvalidAction', 'Could not find operation');
    const names = { unknown: 'InvalidClientTokenId', wrong: 'SignatureDoesNotMatch', expired: 'ExpiredToken' };
    const { key } = this.#caller(request, 'sts', names);
    return xmlAnswer(
      action,
      `<Arn>${key.identity.arn}</Arn><UserId>${key.id}</UserId><Account>${this.account}</Account>`,
    );
  }

  #assumeRole(input: URLSearchParams): AwsAnswer {
    const seconds = Number(input.get('DurationSeconds') ?? 3_600);
    const key = this.identities.assumeRole(input.get('RoleArn') ?? '', input.get('WebIdentityToken') ?? '', seconds);
    const expiration = new Date(key.expiresAt).toISOString();
    const credentials = `<AccessKeyId>${key.id}</AccessKeyId><SecretAccessKey>${key.secret}</SecretAccessKey><SessionToken>${key.sessionToken}</SessionToken><Expiration>${expiration}</Expiration>`;
    return xmlAnswer('AssumeRoleWithWebIdentity', `<Credentials>${credentials}</Credentials>`);
  }

  /** Who signed. Throws AwsFailure under the names that the service has for it. */
  #caller(
    request: AwsRequest,
    service: string,
    names: { unknown: string; wrong: string; expired: string },
  ): { claim: Claim; key: AccessKey } {
    const claim = readClaim(request);
    if (!claim) throw new AwsFailure('MissingAuthenticationTokenException', 'Missing Authentication Token');
    const key = this.identities.find(claim.accessKeyID);
    const token = request.headers['x-amz-security-token'];
    if (!key || key.sessionToken !== token)
      throw new AwsFailure(names.unknown, 'The security token included in the request is invalid.');
    if (key.expiresAt !== undefined && key.expiresAt <= this.#now())
      throw new AwsFailure(names.expired, 'The security token included in the request is expired');
    if (claim.service !== service || !isSignedWith(key.secret, claim, request)) {
      throw new AwsFailure(
        names.wrong,
        'The request signature we calculated does not match the signature you provided.',
      );
    }
    return { claim, key };
  }
}
