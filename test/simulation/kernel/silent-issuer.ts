import type { Issuer } from '../../../src/issuers/port.ts';
import { type Clock, sleep } from '../../../src/runtime/clock.ts';
import { callOf, errorOf } from './faults.ts';

/** As long as a call may take at the worst, and longer than others may be kept waiting. */
const HANG_MS = 30_000;

/** An issuer that takes connections and never answers, except that it is there. No key of it is in any ledger. */
export function createSilentIssuer(clock: Clock): Issuer {
  async function hang(name: string): Promise<never> {
    await sleep(clock, HANG_MS);
    throw errorOf('lost-request', callOf(`issuer ${name}`));
  }
  return {
    capabilities: { replay: 'ID', list: true },
    origin: 'https://silent.test',
    issue: () => hang('issue'),
    list: () => hang('list'),
    verify: () => hang('verify'),
    get: () => hang('get'),
    usage: () => hang('usage'),
    updatePermissions: () => hang('update'),
    revoke: () => hang('revoke'),
    check: async () => {},
  };
}
