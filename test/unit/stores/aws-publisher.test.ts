import { expect, test } from 'vitest';
import { CallError } from '../../../src/http/call-error.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { createPublisher } from '../../../src/stores/aws/publisher.ts';
import type { Reader } from '../../../src/stores/aws/reader.ts';
import type { SecretDescription, SecretsClient, SecretVersion } from '../../../src/stores/aws/secrets-client.ts';

const ARN = 'arn:aws:secretsmanager:eu-west-1:1:secret:app-AbCdEf';
const BASE = 'version-of-the-old-key';
const MARKER = { installation: 'cluster-1', uid: 'uid-1', revision: 2, attempt: 3, keyID: 'k_2' };

/** Publishes where AWS does not move the label, since an earlier try of the same call did, or since somebody was faster. */
function publishUnmoved(lookAfterwards: () => Promise<SecretDescription | undefined>) {
  let written: SecretVersion | undefined;
  const client: Partial<SecretsClient> = {
    async put({ id, label, text }) {
      written = { arn: ARN, id, createdTime: '2030-01-01T00:00:00Z', labels: [label], text: new SecretValue(text) };
      return [label];
    },
    move: async () => false,
  };
  const reader: Partial<Reader> = {
    describe: async () => ({ arn: ARN, labels: new Map([[BASE, ['AWSCURRENT']]]) }),
    written: async () => written,
    describedAfter: lookAfterwards,
    untilServed: async () => undefined,
  };
  const publish = createPublisher({ client: client as SecretsClient, reader: reader as Reader, address: 'aws/1' });
  const publication = {
    path: 'app',
    fields: { key: new SecretValue('sk_new') },
    marker: MARKER,
    base: { type: 'Version' as const, version: BASE },
  };
  return { published: publish('app', publication), idOfWritten: () => written?.id ?? '' };
}

test('whether it was published is unknown where the look that would tell does not come back', async () => {
  const { published } = publishUnmoved(async () => {
    throw new CallError('unavailable', 'RequestTimedOut', 'no answer');
  });
  await expect(published).rejects.toMatchObject({ outcome: 'unknown', reason: 'RequestTimedOut' });
});

test('it was published where the label is on its version', async () => {
  const { published, idOfWritten } = publishUnmoved(async () => ({
    arn: ARN,
    labels: new Map([[idOfWritten(), ['AWSCURRENT']]]),
  }));
  const { version } = await published;
  expect(version).toBe(idOfWritten());
});

test('somebody was faster where it is on another one', async () => {
  const { published } = publishUnmoved(async () => ({ arn: ARN, labels: new Map([['of-somebody', ['AWSCURRENT']]]) }));
  await expect(published).rejects.toMatchObject({ outcome: 'conflict', reason: 'AWSSecretChanged' });
});

test('whether it was published is unknown where the look shows what AWS has just denied', async () => {
  const { published } = publishUnmoved(async () => ({ arn: ARN, labels: new Map([[BASE, ['AWSCURRENT']]]) }));
  await expect(published).rejects.toMatchObject({ outcome: 'unknown', reason: 'AWSReadsLate' });
});
