import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { sleep } from '../../../src/runtime/clock.ts';
import { silentLog } from '../../../src/runtime/log.ts';
import { createShutdown } from '../../../src/runtime/shutdown.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';

function setUp(graceMs = 25_000) {
  const clock = new VirtualClock();
  const signals = new EventEmitter();
  const shutdown = createShutdown({ signals, clock, log: silentLog, graceMs });
  let result: string | undefined;
  void shutdown.done.then((how) => {
    result = how;
  });
  return { clock, signals, shutdown, result: () => result };
}

test('SIGTERM stops the parts one by one, the last added first, and waits for each', async () => {
  const { clock, signals, shutdown, result } = setUp();
  const log: string[] = [];
  for (const name of ['server', 'controllers']) {
    shutdown.add(name, async () => {
      log.push(`${name} stops`);
      await sleep(clock, 5_000);
      log.push(`${name} stopped`);
    });
  }
  signals.emit('SIGTERM');
  expect(shutdown.signal.aborted).toBe(true);
  await clock.advance(9_999);
  expect(result()).toBeUndefined();
  await clock.advance(1);
  expect(log).toEqual(['controllers stops', 'controllers stopped', 'server stops', 'server stopped']);
  expect(result()).toBe('Clean');
});

test('a part that throws does not keep the others from stopping', async () => {
  const { clock, shutdown, result } = setUp();
  let stopped = false;
  shutdown.add('first', () => {
    stopped = true;
  });
  shutdown.add('broken', () => {
    throw new Error('broken');
  });
  shutdown.begin('test');
  await clock.idle();
  expect({ stopped, result: result() }).toEqual({ stopped: true, result: 'Clean' });
});

test('what does not end within the grace period is cut', async () => {
  const { clock, signals, shutdown, result } = setUp(25_000);
  shutdown.add('stuck', () => new Promise(() => {}));
  signals.emit('SIGTERM');
  await clock.advance(24_999);
  expect(result()).toBeUndefined();
  await clock.advance(1);
  expect(result()).toBe('Cut');
});

test('a second signal cuts it short', async () => {
  const { clock, signals, shutdown, result } = setUp();
  shutdown.add('stuck', () => new Promise(() => {}));
  signals.emit('SIGINT');
  signals.emit('SIGINT');
  await clock.idle();
  expect(result()).toBe('Cut');
  expect(signals.listenerCount('SIGINT')).toBe(0);
});
