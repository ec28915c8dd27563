import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AwsStand, standAtAws } from './aws-stand.ts';

const NAME = 'shop/api';
const [FIRST, SECOND, THIRD] = ['first', 'second', 'third'].map((name) => `${name}-${'0'.repeat(32)}`);

/** What the store rests on, asked of Secrets Manager itself: sandbox and moto answer alike. */
describe('Secrets Manager', () => {
  let stand: AwsStand;
  beforeEach(async () => {
    stand = await standAtAws();
    await stand.admin.send(new CreateSecretCommand({ Name: NAME }));
  });
  afterEach(() => stand.close());

  const put = (id: string | undefined, text: string, ...stages: string[]) => {
    const version = { ClientRequestToken: id, SecretString: text, VersionStages: stages };
    return stand.admin.send(new PutSecretValueCommand({ SecretId: NAME, ...version }));
  };
  const move = (label: string, to?: string, from?: string) => {
    const versions = { MoveToVersionId: to, RemoveFromVersionId: from };
    return stand.admin.send(new UpdateSecretVersionStageCommand({ SecretId: NAME, VersionStage: label, ...versions }));
  };
  const labels = async () => {
    const { VersionIdsToStages = {} } = await stand.admin.send(new DescribeSecretCommand({ SecretId: NAME }));
    // AWS does not list versions without labels; moto does.
    const listed = Object.entries(VersionIdsToStages).filter(([, stages]) => stages.length > 0);
    return Object.fromEntries(listed.map(([id, stages]) => [id, stages.toSorted()]));
  };
  const nameOf = (call: Promise<unknown>) =>
    call.then(
      () => 'done',
      (error: Error) => error.name,
    );

  it('has nothing to serve in a secret without versions', async () => {
    const call = stand.admin.send(new GetSecretValueCommand({ SecretId: NAME, VersionStage: 'AWSCURRENT' }));
    expect(await nameOf(call)).toBe('ResourceNotFoundException');
    expect(await labels()).toEqual({});
  });

  it('serves the first version at once, and a later one under a label of its own not', async () => {
    expect((await put(FIRST, '1', 'a')).VersionStages?.toSorted()).toEqual(['AWSCURRENT', 'a']);
    expect((await put(SECOND, '2', 'b')).VersionStages).toEqual(['b']);
    expect(await labels()).toEqual({ [String(FIRST)]: ['AWSCURRENT', 'a'], [String(SECOND)]: ['b'] });
  });

  it('takes the same version twice, and no other value under its id', async () => {
    await put(FIRST, '1', 'a');
    expect((await put(FIRST, '1', 'a')).VersionId).toBe(FIRST);
    expect(await nameOf(put(FIRST, '2', 'a'))).toBe('ResourceExistsException');
  });

  it('moves AWSCURRENT from the version that is named, and AWSPREVIOUS follows', async () => {
    await put(FIRST, '1', 'a');
    await put(SECOND, '2', 'b');
    await move('AWSCURRENT', SECOND, FIRST);
    expect(await labels()).toEqual({ [String(FIRST)]: ['AWSPREVIOUS', 'a'], [String(SECOND)]: ['AWSCURRENT', 'b'] });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['no version is named that it is on', () => move('AWSCURRENT', THIRD)],
    ['another version is named', () => move('AWSCURRENT', THIRD, FIRST)],
  ])('does not move AWSCURRENT where %s', async (_, wrong) => {
    await put(FIRST, '1', 'a');
    await put(SECOND, '2', 'b');
    await put(THIRD, '3', 'c');
    await move('AWSCURRENT', SECOND, FIRST);
    const before = await labels();
    expect(await nameOf(wrong())).toBe('InvalidParameterException');
    expect(await labels()).toEqual(before);
  });

  it('takes a label off the version that is named', async () => {
    await put(FIRST, '1', 'a');
    await put(SECOND, '2', 'b');
    await move('b', undefined, SECOND);
    expect(await labels()).toEqual({ [String(FIRST)]: ['AWSCURRENT', 'a'] });
  });

  it('has each label once: a version that is made with it takes it over', async () => {
    await put(FIRST, '1', 'a');
    await put(SECOND, '2', 'a');
    expect(await labels()).toEqual({ [String(FIRST)]: ['AWSCURRENT'], [String(SECOND)]: ['a'] });
  });
});
