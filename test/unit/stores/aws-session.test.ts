import { expect, test } from 'vitest';
import { CallError } from '../../../src/http/call-error.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import type { AwsCredentials } from '../../../src/stores/aws/aws-credentials.ts';
import { createAwsSession } from '../../../src/stores/aws/aws-session.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';

const MINUTE = 60_000;
const EXPIRED = new CallError('denied', 'AWSCredentialExpired', 'expired', { status: 400 });
const DENIED = new CallError('denied', 'AWSLoginRefused', 'the role does not trust it', { status: 403 });
const DOWN = new CallError('unavailable', 'ConnectionFailed', 'STS is down');

/** A session before an STS that grants an hour, and names its grants by their number. */
function setUp() {
  const clock = new VirtualClock();
  const sts = { asked: 0, failure: undefined as CallError | undefined };
  const session = createAwsSession({
    clock,
    auth: { type: 'IRSA', roleARN: 'role', jwt: async () => new SecretValue('jwt') },
    assumeRole: async () => {
      sts.asked += 1;
      if (sts.failure) throw sts.failure;
      return { accessKeyID: `grant-${sts.asked}`, secretAccessKey: new SecretValue('s'), lifeMs: 60 * MINUTE };
    },
  });
  const held = async () => (await session.current()).accessKeyID;
  return { clock, sts, session, held };
}

const failureOf = (call: Promise<unknown>) => call.catch((error: unknown) => error);

test('credentials of a role are asked for once, and by several callers together once', async () => {
  const { held } = setUp();
  expect(await Promise.all([held(), held()])).toEqual(['grant-1', 'grant-1']);
  expect(await held()).toBe('grant-1');
});

test.each([
  [39, 'grant-1'],
  [41, 'grant-2'],
])('after %d minutes of an hour a call has %s', async (minutes, expected) => {
  const { clock, held } = setUp();
  await held();
  await clock.advance(minutes * MINUTE);
  expect(await held()).toBe(expected);
});

test('the old ones serve until they end while STS is down, which is asked every ten seconds', async () => {
  const { clock, sts, held } = setUp();
  await held();
  sts.failure = DOWN;
  await clock.advance(41 * MINUTE);
  expect([await held(), await held(), sts.asked]).toEqual(['grant-1', 'grant-1', 2]);
  await clock.advance(10_000);
  expect([await held(), sts.asked]).toEqual(['grant-1', 3]);
  await clock.advance(17 * MINUTE);
  expect(await failureOf(held())).toBe(DOWN);
  sts.failure = undefined;
  expect(await held()).toBe('grant-5');
});

test('a refused login is not repeated for each call, but after a pause that doubles', async () => {
  const { clock, sts, held } = setUp();
  sts.failure = DENIED;
  expect([await failureOf(held()), await failureOf(held()), sts.asked]).toEqual([DENIED, DENIED, 1]);
  await clock.advance(1_000);
  await failureOf(held());
  await clock.advance(1_000);
  await failureOf(held());
  expect(sts.asked).toBe(2);
});

test('a call whose credentials have ended early is made once more with new ones, and a second such call soon after is not', async () => {
  const { session, sts, held } = setUp();
  const used: string[] = [];
  const refusing = async () => {
    used.push(await held());
    throw EXPIRED;
  };
  expect(await failureOf(session.run(refusing))).toBe(EXPIRED);
  expect(await failureOf(session.run(refusing))).toBe(EXPIRED);
  expect([used, sts.asked]).toEqual([['grant-1', 'grant-2', 'grant-2'], 2]);
});

test('a call that is refused for another reason is not made again', async () => {
  const { session } = setUp();
  const denied = new CallError('denied', 'AWSAccessDenied', 'no', { status: 400 });
  let calls = 0;
  const call = async () => {
    calls += 1;
    throw denied;
  };
  expect([await failureOf(session.run(call)), calls]).toEqual([denied, 1]);
});

test.each([
  ['another is there now', 'new', 2],
  ['it is still the same', 'old', 1],
])('a call with a key out of a Secret that AWS refuses is made again if %s', async (_, present, expected) => {
  const secret = (text: string): AwsCredentials => ({ accessKeyID: text, secretAccessKey: new SecretValue(text) });
  let now = secret('old');
  const session = createAwsSession({
    clock: new VirtualClock(),
    auth: { type: 'Static', credentials: async () => now },
    assumeRole: () => Promise.reject(new Error('no role is named')),
  });
  let calls = 0;
  await failureOf(
    session.run(async () => {
      calls += 1;
      now = secret(present);
      throw EXPIRED;
    }),
  );
  expect(calls).toBe(expected);
});
