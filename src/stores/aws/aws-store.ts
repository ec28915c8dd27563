import { CallError } from '../../http/call-error.ts';
import type { HttpTransport } from '../../http/transport.ts';
import type { AttemptId } from '../../key/attempt-id.ts';
import { fingerprint } from '../../key/fingerprint.ts';
import type { SecretValue } from '../../key/secret-value.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Leadership } from '../../runtime/leader-election/leadership.ts';
import type { FormerKey, KeyStore, StoredValue } from '../port.ts';
import type { AwsAuth } from './aws-credentials.ts';
import { currentOf } from './aws-labels.ts';
import { type AwsPlace, awsLocation, secretName } from './aws-location.ts';
import { createAwsSession } from './aws-session.ts';
import { toStoredValue } from './aws-values.ts';
import { guardClient } from './guarded-client.ts';
import { deadLabels, dropLabels } from './label-upkeep.ts';
import { createPublisher } from './publisher.ts';
import { createReader } from './reader.ts';
import { createSecretsClient, type SecretVersion } from './secrets-client.ts';
import { createStsClient } from './sts-client.ts';
import type { WriteBudget } from './write-budget.ts';

/** What an AWS Secrets Manager store is made of. */
export interface AwsStoreOptions extends AwsPlace {
  readonly auth: AwsAuth;
  readonly transport: HttpTransport;
  readonly clock: Clock;
  /** Shared by all stores of the process. */
  readonly budget: WriteBudget;
  readonly leadership: Pick<Leadership, 'holds'>;
}

/**
 * AWS Secrets Manager as a store: a path is the name of a secret, the marker a staging label of the version, AWSCURRENT what is served,
 * and its move from the version that was read the compare-and-set. Versions stay while a label is on them, and `forgetReplaced`
 * takes ours off.
 */
export function createAwsStore(options: AwsStoreOptions): KeyStore {
  const { auth, transport, clock, budget, leadership, ...place } = options;
  const location = awsLocation(place);
  const { address, region, endpoints } = location;
  const sdk = { region, transport, credentials: () => session.current() };
  const sts = createStsClient({ ...sdk, endpoint: endpoints.sts });
  const session = createAwsSession({ auth, clock, assumeRole: sts.assumeRole });
  const bare = createSecretsClient({ ...sdk, endpoint: endpoints.secretsManager });
  const client = guardClient(bare, { session, budget, leadership, address });
  const reader = createReader(client, location, clock);
  const publish = createPublisher({ client, reader, address });

  async function read(path: string): Promise<StoredValue | undefined> {
    const name = secretName(path);
    if (currentOf(await reader.describe(name)) === undefined) return undefined;
    const served = await reader.served(name);
    return served && toStoredValue(name, served);
  }

  /** First in the version that was recorded with it, or else in the others: a fence writes the same value again. */
  async function readReplaced(path: string, former: FormerKey): Promise<SecretValue | undefined> {
    const name = secretName(path);
    const description = await reader.describe(name);
    if (!description) return undefined;
    const { version: recorded } = former;
    const others = [...description.labels.keys()].filter((id) => id !== recorded);
    for (const id of [...(isVersionId(recorded) ? [recorded] : []), ...others]) {
      const found = formerKeyIn(name, await reader.version(name, id), former);
      if (found) return found;
    }
    return undefined;
  }

  async function forgetReplaced(path: string, by: AttemptId): Promise<boolean> {
    const name = secretName(path);
    const description = await reader.describe(name);
    const dead = description ? deadLabels(description.labels, by) : [];
    await dropLabels(client, name, dead);
    return dead.length > 0;
  }

  async function check(): Promise<void> {
    const account = await session.run(sts.account);
    if (account === location.accountID) return;
    const remedy = 'correct accountID of the store, or give it a credential of that account';
    const message = `the credential is of account ${account}, the store of account ${location.accountID}: ${remedy}`;
    throw new CallError('refused', 'AWSWrongAccount', message);
  }

  return {
    address,
    versionsNameValues: true,
    keepsVersions: false,
    read,
    publish: async (publication) => publish(secretName(publication.path), publication),
    readReplaced,
    forgetReplaced,
    check,
  };
}

function isVersionId(text: string | undefined): text is string {
  return text !== undefined && /^[A-Za-z0-9-]{32,64}$/.test(text);
}

/** Others may have written versions without fields. */
function formerKeyIn(name: string, version: SecretVersion | undefined, former: FormerKey): SecretValue | undefined {
  if (!version?.text) return undefined;
  const key = fieldsOf(name, version)[former.keyField];
  return key && fingerprint(key) === former.fingerprint ? key : undefined;
}

function fieldsOf(name: string, version: SecretVersion): StoredValue['fields'] {
  try {
    return toStoredValue(name, version).fields;
  } catch {
    return {};
  }
}
