import type { ApioEngine } from '../../../sandbox/apio/engine/apio-engine.ts';
import type { Issuer } from '../../../src/issuers/port.ts';
import { createMemoryIssuer } from '../../doubles/memory-issuer.ts';
import { callOf } from './faults.ts';
import type { Process } from './process.ts';
import type { Setting } from './world.ts';

/** The issuing API as one process reaches it through the issuer object of this name. Stale reads are those of a replica that lags behind by one effect. */
export function createIssuerPort(
  name: string,
  engine: ApioEngine,
  managerText: string,
  process: Process,
  { issuer, listsAll }: Setting,
): Issuer {
  const outside = {
    call: <T>(call: string, execute: () => T, keyID?: string) =>
      process.call(callOf(call, call === 'issuer check' ? name : keyID, name), (stale) =>
        stale ? beforeLastEffect(engine, execute) : execute(),
      ),
    isDead: process.isDead,
  };
  return createMemoryIssuer(engine, managerText, outside, issuer, listsAll ? () => '' : undefined);
}

/** Takes the last effect back for as long as `execute` runs. */
export function beforeLastEffect<T>(engine: ApioEngine, execute: () => T): T {
  const last = engine.ledger.findLast(({ type }) => type !== 'replayed');
  const key = engine.keys.find(({ id }) => id === last?.keyID) as Mutable | undefined;
  if (!last || !key) return execute();
  const { environment, permissions, revokedAt } = key;
  if (last.type === 'issued') key.environment = 'Test';
  else if (last.type === 'revoked') key.revokedAt = undefined;
  else key.permissions = last.permissionsBefore ?? permissions;
  try {
    return execute();
  } finally {
    Object.assign(key, { environment, permissions, revokedAt });
  }
}

/** The engine's own objects; changed for the time of one read only. */
interface Mutable {
  environment: string;
  permissions: readonly string[];
  revokedAt: number | undefined;
}
