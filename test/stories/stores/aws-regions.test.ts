import { expect, test } from 'vitest';
import { cloudOf } from '../bad-input/cloud.ts';
import { AWS_REGION, OTHER_AWS_REGION, serveAws } from '../bad-input/network.ts';
import { arrive } from '../bad-input/newcomer.ts';
import { TARGETS } from '../world/places.ts';

const MINUTE_MS = 60_000;
const PATH = 'payments/apio';
const REGIONS = [AWS_REGION, OTHER_AWS_REGION];

/** A rotation into Vault and two regions, as a person who has read the docs sets it up, and what AWS serves. */
function begin() {
  const newcomer = arrive();
  const { engine, credential } = cloudOf(newcomer);
  newcomer.secret('aws', credential);
  for (const region of REGIONS) {
    const auth = { type: 'Static', static: { secretRef: { name: 'aws' } } };
    const awsSecretsManager = { region, accountID: engine.account, auth };
    newcomer.make({
      kind: 'KeyStore',
      metadata: { name: region },
      spec: { type: 'AWSSecretsManager', awsSecretsManager },
    });
  }
  const targets = REGIONS.map((name) => ({ name, storeRef: { name }, path: PATH }));
  newcomer.create({
    consumers: null,
    withoutEvidence: { overlap: '10m' },
    targets: [TARGETS.Vault, ...targets],
  });
  const secretIn = (region: string) => engine.secretsManager.find(region, PATH);
  /** The id of the key. */
  const servedIn = (region: string): unknown => {
    const labelled = [...(secretIn(region)?.versions.values() ?? [])];
    const text = labelled.find(({ labels }) => labels.has('AWSCURRENT'))?.text;
    return text && JSON.parse(text).keyID;
  };
  const labelsIn = (region: string) =>
    [...(secretIn(region)?.versions.values() ?? [])].map(({ labels }) => [...labels]);
  return { ...newcomer, engine, servedIn, labelsIn };
}

const isOurs = (label: string) => label.startsWith('akr');

test('a key rotates in Vault and in two regions, and only the label of the one that is served is left', async () => {
  const { story, servedIn, labelsIn } = begin();
  await story.done(1);
  const first = story.serves();
  expect(REGIONS.map(servedIn)).toEqual([first, first]);
  story.annotate({ rotate: 'a' });
  await story.done(2);
  const second = story.serves();
  expect(second).not.toBe(first);
  expect(REGIONS.map(servedIn)).toEqual([second, second]);
  for (const region of REGIONS) {
    expect(labelsIn(region).map((labels) => labels.filter(isOurs).length)).toEqual([0, 1]);
  }
  expect(story.live()).toEqual([second]);
  expect(story.wrong()).toEqual([]);
});

test('the old key is served and alive where a region is down, until that is back', async () => {
  const { story, servedIn, network, engine } = begin();
  await story.done(1);
  const first = story.serves();
  for (const service of ['secretsmanager', 'sts']) {
    network.serve(`https://${service}.${OTHER_AWS_REGION}.amazonaws.com`, () => ({ code: 'ECONNREFUSED' }));
  }
  story.annotate({ rotate: 'a' });
  await story.pass(30 * MINUTE_MS);
  expect(servedIn(OTHER_AWS_REGION)).toBe(first);
  expect(story.live()).toContain(first);
  serveAws(network, engine);
  await story.done(2);
  expect(REGIONS.map(servedIn)).toEqual([story.serves(), story.serves()]);
  expect(story.issued()).toBe(2);
  expect(story.wrong()).toEqual([]);
});

test('of a region that refuses what the others have taken the status says so, target by target', async () => {
  const { story, servedIn, network, engine } = begin();
  await story.done(1);
  const first = story.serves();
  serveAws(network, engine, (host, operation) => host.endsWith(OTHER_AWS_REGION) && /^(Put|Update)/.test(operation));
  story.annotate({ rotate: 'a' });
  await story.told('AWSAccessDenied');
  const { rotation, conditions } = story.status();
  expect(rotation?.targets).toMatchObject([
    { name: 'vault', state: 'Published', version: '2' },
    { name: AWS_REGION, state: 'Published' },
    { name: OTHER_AWS_REGION, state: 'Pending', message: expect.stringContaining('AccessDeniedException') },
  ]);
  expect(conditions).toContainEqual(
    expect.objectContaining({ type: 'Ready', message: 'every target holds a key that was verified and is alive' }),
  );
  expect(servedIn(OTHER_AWS_REGION)).toBe(first);
  serveAws(network, engine);
  await story.done(2);
  expect(REGIONS.map(servedIn)).toEqual([story.serves(), story.serves()]);
  expect(story.status().rotation?.targets).toBeUndefined();
  expect(story.live()).toEqual([story.serves()]);
});

test('an emergency revokes at once and leaves nothing of the leaked key under a label of ours', async () => {
  const { story, servedIn, labelsIn } = begin();
  await story.done(1);
  const leaked = story.status().current?.keyID ?? '';
  story.annotate({ emergency: `a/${leaked}` });
  await story.done(2);
  expect(REGIONS.map(servedIn)).toEqual([story.serves(), story.serves()]);
  expect(
    labelsIn(AWS_REGION)
      .flat()
      .filter((label) => label.endsWith(`/${leaked}`)),
  ).toEqual([]);
  expect(story.live()).toEqual([story.serves()]);
});
