import type { ApioEngine } from '../../../sandbox/apio/engine/apio-engine.ts';
import type { Issuer } from '../../../src/issuers/port.ts';
import { createMemoryIssuer } from '../../doubles/memory-issuer.ts';
import { reticent } from '../../doubles/reticent-issuer.ts';
import { type Call, callOf } from './faults.ts';
import type { Process } from './process.ts';
import type { Setting } from './world.ts';

interface Deps {
  readonly engine: ApioEngine;
  readonly managerText: string;
  readonly process: Process;
  readonly setting: Setting;
  readonly answered: (call: Call, value: unknown) => void;
}

/** The issuing API as one process reaches it through the issuer object of this name. Stale reads are those of a replica that lags behind by one effect. */
export function createIssuerPort(name: string, { engine, managerText, process, setting, answered }: Deps): Issuer {
  const { issuer: capabilities, isReticent, listsAll } = setting;
  const outside = {
    call: <T>(call: string, execute: () => T, keyID?: string) =>
      process.call(callOf(call, call === 'issuer check' ? name : keyID, name), (stale) =>
        stale ? beforeLastEffect(engine, execute) : execute(),
      ),
    isDead: process.isDead,
  };
  const listed = listsAll ? () => '' : undefined;
  if (!isReticent) return createMemoryIssuer(engine, managerText, outside, capabilities, listed);
  // Whoever shows it a key only hears that it works: which key that is the adapter says.
  const shown: typeof outside = {
    ...outside,
    call: (call, execute, keyID) => outside.call(call === 'issuer verify' ? 'issuer show' : call, execute, keyID),
  };
  const issuer = reticent(createMemoryIssuer(engine, managerText, shown, capabilities, listed));
  return {
    ...issuer,
    async verify(key, presumed) {
      const record = await issuer.verify(key, presumed);
      if (!process.isDead()) answered(callOf('issuer verify', undefined, name), record);
      return record;
    },
  };
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
