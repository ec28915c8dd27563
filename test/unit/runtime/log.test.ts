import { expect, test, vi } from 'vitest';
import { childOf, type Log, silentLog } from '../../../src/runtime/log.ts';

test('a logger with fields of its own is made when there is something to say, once, with all of them', () => {
  const child = { ...silentLog, info: vi.fn() };
  const parent: Log = { ...silentLog, child: vi.fn(() => child) };
  const log = childOf(parent, { controller: 'rotation' }).child({ revision: 2 });
  expect(parent.child).not.toHaveBeenCalled();
  log.info({ phase: 'Issuing' }, 'The rotation begins');
  log.info({}, 'It goes on');
  expect(parent.child).toHaveBeenCalledExactlyOnceWith({ controller: 'rotation', revision: 2 });
  expect(child.info.mock.calls).toEqual([
    [{ phase: 'Issuing' }, 'The rotation begins'],
    [{}, 'It goes on'],
  ]);
});
