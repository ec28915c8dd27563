import type { AttemptId } from '../../key/attempt-id.ts';
import { fingerprint } from '../../key/fingerprint.ts';
import type { SecretValue } from '../../key/secret-value.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { FormerKey, KeyStore, StoredValue } from '../port.ts';
import { currentOf } from './aws-labels.ts';
import { type AwsLocation, secretName } from './aws-location.ts';
import { toStoredValue } from './aws-values.ts';
import { deadLabels, dropLabels } from './label-upkeep.ts';
import { createPublisher } from './publisher.ts';
import { createReader } from './reader.ts';
import type { SecretsClient, SecretVersion } from './secrets-client.ts';

/** What a store does its work through. */
export interface VersionedStoreOptions {
  readonly client: SecretsClient;
  readonly location: AwsLocation;
  readonly clock: Clock;
  /** See KeyStore.check. */
  readonly check: () => Promise<void>;
}

/**
 * AWS Secrets Manager as a store: a path is the name of a secret, the marker a staging label of the version, AWSCURRENT what is served,
 * and its move from the version that was read the compare-and-set. Versions stay while a label is on them, and `forgetReplaced`
 * takes ours off.
 */
export function createVersionedStore({ client, location, clock, check }: VersionedStoreOptions): KeyStore {
  const { address } = location;
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
