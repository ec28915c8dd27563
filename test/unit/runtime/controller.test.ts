import { expect, test } from 'vitest';
import { CallError, NotBegunError } from '../../../src/http/call-error.ts';
import { createController, type ReconcileResult } from '../../../src/runtime/controller.ts';
import type { Log } from '../../../src/runtime/log.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';

interface Line {
  readonly level: string;
  readonly fields: Record<string, unknown>;
  readonly message: string;
}

function recordingLog(lines: Line[], bindings: Record<string, unknown> = {}): Log {
  const at = (level: string) => (fields: object, message: string) => {
    lines.push({ level, fields: { ...bindings, ...fields }, message });
  };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (more) => recordingLog(lines, { ...bindings, ...more }),
  };
}

function setUp(reconcile: (key: string, times: number) => Promise<ReconcileResult>) {
  const clock = new VirtualClock();
  const lines: Line[] = [];
  const outcomes: string[] = [];
  const ran: string[] = [];
  const controller = createController({
    name: 'rotation',
    clock,
    entropy: { uuid: () => '', random: () => 1 },
    log: recordingLog(lines),
    backoff: { baseMs: 1_000, maxMs: 60_000 },
    reconcile: (key) => {
      ran.push(`${key}@${clock.monotonic()}`);
      return reconcile(key, ran.filter((entry) => entry.startsWith(`${key}@`)).length);
    },
    onReconciled: (_, outcome) => outcomes.push(outcome),
  });
  controller.start();
  return { clock, controller, lines, outcomes, ran };
}

test('a reconcile that waits is called again when it said, one that is done is not', async () => {
  const { clock, controller, ran, outcomes } = setUp(async (_, times) =>
    times === 1 ? { requeueAfterMs: 5_000 } : {},
  );
  controller.enqueue('ns/a');
  await clock.advance(3_600_000);
  expect(ran).toEqual(['ns/a@0', 'ns/a@5000']);
  expect(outcomes).toEqual(['waiting', 'done']);
});

test('a failure is told in one line without the stack and tried again with growing delays', async () => {
  const { clock, controller, ran, lines } = setUp(async (_, times) => {
    if (times <= 2) throw new CallError('unavailable', 'VaultSealed', 'Vault vault is sealed', { status: 503 });
    return {};
  });
  controller.enqueue('ns/a');
  await clock.advance(3_600_000);
  expect(ran).toEqual(['ns/a@0', 'ns/a@1000', 'ns/a@3000']);
  expect(lines[0]).toEqual({
    level: 'warn',
    fields: {
      controller: 'rotation',
      namespace: 'ns',
      name: 'a',
      outcome: 'unavailable',
      reason: 'VaultSealed',
      status: 503,
      failures: 1,
    },
    message: 'Vault vault is sealed',
  });
});

test('a success clears the failures', async () => {
  const { clock, controller, ran } = setUp(async (_, times) => {
    if (times !== 3) throw new CallError('unavailable', 'Down', 'down');
    return {};
  });
  controller.enqueue('a');
  await clock.advance(4_000);
  controller.enqueue('a');
  await clock.advance(1_000);
  expect(ran).toEqual(['a@0', 'a@1000', 'a@3000', 'a@4000', 'a@5000']);
});

test('a wait that the other side asked for is kept', async () => {
  const { clock, controller, ran } = setUp(async (_, times) => {
    if (times === 1) throw new CallError('unavailable', 'TooManyRequests', 'slow down', { retryAfterSeconds: 20 });
    return {};
  });
  controller.enqueue('a');
  await clock.advance(60_000);
  expect(ran).toEqual(['a@0', 'a@20000']);
});

test('that the other side wants to be left alone is no news of each object that waits for that', async () => {
  const told = new CallError('unavailable', 'TooManyRequests', 'slow down', { retryAfterSeconds: 20 });
  const echo = new NotBegunError('unavailable', 'TooManyRequests', 'asked to wait', { retryAfterSeconds: 20 });
  const { clock, controller, lines } = setUp(async (key, times) => {
    if (times === 1) throw key === 'a' ? told : echo;
    return {};
  });
  for (const key of ['a', 'b']) controller.enqueue(key);
  await clock.advance(60_000);
  expect(lines.map(({ level, message }) => `${level}: ${message}`)).toEqual([
    'warn: slow down',
    'debug: asked to wait',
  ]);
});

test('a lost compare-and-set is tried again and is no failure to warn of', async () => {
  const { clock, controller, lines, outcomes } = setUp(async (_, times) => {
    if (times === 1) throw new CallError('conflict', 'Conflict', 'changed meanwhile');
    return {};
  });
  controller.enqueue('a');
  await clock.advance(60_000);
  expect(outcomes).toEqual(['conflict', 'done']);
  expect(lines.map(({ level }) => level)).toEqual(['debug']);
});

test('an object whose reconcile always throws something unexpected harms no other', async () => {
  const { clock, controller, ran, lines } = setUp(async (key) => {
    if (key === 'poison') throw new TypeError('x is not a function');
    return { requeueAfterMs: 10_000 };
  });
  for (const key of ['poison', 'a', 'b']) controller.enqueue(key);
  await clock.advance(60_000);
  expect(ran.filter((entry) => entry.startsWith('a@'))).toHaveLength(7);
  expect(lines[0]).toMatchObject({ level: 'error', message: expect.stringContaining('defect of the operator') });
});
