import { afterAll, afterEach } from 'vitest';

/** Closes what the tests of a file share when the last one is over; logs are kept where one of them failed. */
export function closeAfterAll(close: (options: { readonly keepLogs: boolean }) => Promise<void>): void {
  let keepLogs = false;
  afterEach(({ task }) => {
    keepLogs ||= task.result?.state === 'fail';
  });
  afterAll(() => close({ keepLogs }));
}
