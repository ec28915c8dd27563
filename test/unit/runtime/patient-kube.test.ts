import { beforeEach, describe, expect, test } from 'vitest';
import { reports, rotations } from '../../../src/api/resources.ts';
import { CallError, NotBegunError } from '../../../src/http/call-error.ts';
import { createController } from '../../../src/runtime/controller.ts';
import type { KubeApi } from '../../../src/runtime/kube/kube-api.ts';
import { createPatientKube } from '../../../src/runtime/kube/patient-kube.ts';
import { silentLog } from '../../../src/runtime/log.ts';
import { createSeededEntropy } from '../../doubles/seeded-entropy.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';

let clock: VirtualClock;
let kube: KubeApi;
/** When each call arrived, as `GET apikeyrotations@0`. */
let arrived: string[];
/** How it is answered; undefined: well. */
let answer: CallError | undefined;

beforeEach(() => {
  clock = new VirtualClock();
  [arrived, answer] = [[], undefined];
  const arriving = (verb: string) => async (first: { plural?: string; resource?: { plural: string } }) => {
    arrived.push(`${verb} ${first.plural ?? first.resource?.plural}@${clock.monotonic()}`);
    if (answer) throw answer;
    return undefined;
  };
  const methods = ['get', 'list', 'create', 'createSubresource', 'replace', 'mergePatch', 'delete', 'watch'];
  const server = Object.fromEntries(methods.map((verb) => [verb, arriving(verb)])) as unknown as KubeApi;
  kube = createPatientKube(server, clock);
});

const busy = (retryAfterSeconds: number) =>
  new CallError('unavailable', 'TooManyRequests', 'GET ns/a: too many', { status: 429, retryAfterSeconds });
const ref = { resource: rotations, namespace: 'ns', name: 'a' };
const object = { metadata: { name: 'a', namespace: 'ns' } };

describe('an API server that has named a time', () => {
  const calls: Record<string, () => Promise<unknown>> = {
    get: () => kube.get(ref),
    list: () => kube.list(ref),
    create: () => kube.create(rotations, 'ns', object),
    createSubresource: () => kube.createSubresource(ref, 'scale', object),
    replace: () => kube.replace(ref, object),
    mergePatch: () => kube.mergePatch(ref, {}),
    delete: () => kube.delete(ref),
  };
  test.each(Object.entries(calls))('is not called before that, by %s neither', async (verb, call) => {
    answer = busy(3);
    await expect(kube.get(ref)).rejects.toBe(answer);
    answer = undefined;
    await clock.advance(2_000);
    const told = await call().catch((error: unknown) => error);
    expect(told).toBeInstanceOf(NotBegunError);
    expect(told).toMatchObject({ outcome: 'unavailable', reason: 'TooManyRequests', retryAfterSeconds: 1 });
    await clock.advance(1_000);
    await call();
    expect(arrived).toEqual(['get apikeyrotations@0', `${verb} apikeyrotations@3000`]);
  });

  test('is asked about other kinds', async () => {
    answer = busy(3);
    await expect(kube.get(ref)).rejects.toBe(answer);
    answer = undefined;
    await kube.get({ ...ref, resource: reports });
    expect(arrived).toEqual(['get apikeyrotations@0', 'get migrationreports@0']);
  });

  test('is asked again after ten seconds by others than who was told', async () => {
    answer = busy(3_600);
    await expect(kube.get(ref)).rejects.toBe(answer);
    answer = undefined;
    await clock.advance(10_000);
    await kube.get(ref);
    expect(arrived).toHaveLength(2);
  });

  test('is not asked a thousand times by a thousand objects', async () => {
    const controller = createController({
      name: 'rotation',
      clock,
      entropy: createSeededEntropy(1),
      log: silentLog,
      concurrency: 16,
      reconcile: async () => {
        await kube.get(ref);
        return {};
      },
    });
    controller.start();
    answer = busy(1);
    for (let at = 0; at < 1_000; at += 1) controller.enqueue(`ns/${at}`);
    await clock.advance(4_500);
    // Those that were under way when the first answer came.
    const [perRound, rounds] = [16, 5];
    expect(arrived.length).toBeLessThanOrEqual(perRound * rounds);
    answer = undefined;
    const before = arrived.length;
    await clock.advance(60_000);
    expect(arrived.length - before).toBe(1_000);
    await controller.stop();
  });
});

test('whoever names no time is called again at once', async () => {
  answer = new CallError('unavailable', 'ConnectionFailed', 'GET ns/a: no answer');
  await expect(kube.get(ref)).rejects.toBe(answer);
  await expect(kube.get(ref)).rejects.toBe(answer);
  expect(arrived).toHaveLength(2);
});
