import { CallError } from '../../http/call-error.ts';
import type { Publication, PublishedVersion } from '../port.ts';
import { CURRENT, currentOf, keptLabel, markerLabel, ownLabels } from './aws-labels.ts';
import { toText } from './aws-values.ts';
import { dropLabels, supersededLabels } from './label-upkeep.ts';
import type { Reader } from './reader.ts';
import type { SecretDescription, SecretsClient, SecretVersion } from './secrets-client.ts';
import { versionIdOf } from './version-id.ts';

/** What publishing works with. */
export interface PublisherOptions {
  readonly client: SecretsClient;
  readonly reader: Reader;
  /** Of the store. */
  readonly address: string;
}

/**
 * Writes a version that nobody is served yet, reads it back, and moves AWSCURRENT to it from the version that was read before: that move
 * is the compare-and-set. The first version of a secret carries AWSCURRENT at once, whatever labels it is given.
 */
export function createPublisher({ client, reader, address }: PublisherOptions) {
  return async (name: string, publication: Publication): Promise<PublishedVersion> => {
    const { marker, base, fields } = publication;
    const from = base.type === 'Version' ? base.version : undefined;
    const text = toText(fields);
    const id = versionIdOf({ address, path: name, marker, text });
    const label = markerLabel(marker);
    const description = await reader.describe(name);
    if (currentOf(description) !== from) throw changed(name);
    if (description) await prepare(name, description, publication);
    else await client.create(name);
    const labels = await client.put({ name, id, text, label });
    if (labels.includes(CURRENT)) return published(await readBack(name, id).catch(asUnknown(name)));
    const staged = await readBack(name, id);
    const isMoved = await client.move({ name, label: CURRENT, to: id, ...(from === undefined ? {} : { from }) });
    if (!isMoved) await assertServed(name, id, from);
    // It is published, whatever the looks that follow meet.
    await reader.untilServed(name, id).catch(() => undefined);
    return published(staged);
  };

  /** Twenty labels fit on a secret; and a version without any may be dropped by AWS while its key is still needed. */
  async function prepare(name: string, { labels }: SecretDescription, { marker, base, replaces }: Publication) {
    await dropLabels(client, name, supersededLabels(labels, marker));
    if (!replaces || base.type === 'Absent' || ownLabels(labels.get(base.version) ?? [], marker).length > 0) return;
    await client.move({ name, label: keptLabel({ ...marker, keyID: replaces.keyID }), to: base.version });
  }

  async function readBack(name: string, id: string): Promise<SecretVersion> {
    const written = await reader.written(name, id);
    if (written) return written;
    const message = `the version that was written to ${name} cannot be read yet; it is looked for again later`;
    throw new CallError('unavailable', 'AWSReadsLate', message);
  }

  /** The label was not where it was said to be: it is on our own version already, or somebody else was faster. Only this look tells. */
  async function assertServed(name: string, id: string, from: string | undefined): Promise<void> {
    const look = reader.describedAfter(name, (found) => currentOf(found) !== from);
    const current = currentOf(await look.catch(asUnknown(name)));
    if (current === from) throw contradicted(name);
    if (current !== id) throw changed(name);
  }
}

function published({ id, createdTime }: SecretVersion): PublishedVersion {
  return { version: id, createdTime };
}

function changed(name: string): CallError {
  const message = `secret ${name} does not serve the version that was read; consumers are served nothing new`;
  return new CallError('conflict', 'AWSSecretChanged', message);
}

/** AWS did not move the label from a version that it still shows it on: what is shown is too old to tell who has it. */
function contradicted(name: string): CallError {
  const message = `whether secret ${name} serves the version that was written cannot be seen yet; it is looked for again later`;
  return new CallError('unknown', 'AWSReadsLate', message);
}

/** After a write that consumers may be served, an unavailable look leaves nothing undone. */
function asUnknown(name: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof CallError)) throw error;
    throw new CallError(
      'unknown',
      error.reason,
      `secret ${name} was written and cannot be read: ${error.message}`,
      error,
    );
  };
}
