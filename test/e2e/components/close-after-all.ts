import { afterAll, afterEach } from 'vitest';

/** What the tests of a file share. */
export interface Shared {
  close(options: { readonly keepLogs: boolean }): Promise<void>;
}

/**
 * Closes what the tests of a file share when the last one is over, one after the other. Each is asked for only then: what
 * `beforeAll` did not come to open is passed over. Logs are kept where a test failed, or none was begun.
 */
export function closeAfterAll(...shared: readonly (() => Shared | undefined)[]): void {
  let keepLogs: boolean | undefined;
  afterEach(({ task }) => {
    keepLogs = keepLogs === true || task.result?.state === 'fail';
  });
  afterAll(async () => {
    for (const one of shared) await one()?.close({ keepLogs: keepLogs ?? true });
  });
}
