import type { Ledger } from '../ledger/ledger.ts';
import { requested } from '../scenarios/rotating.ts';
import { promise, type Stage } from '../scenarios/stage.ts';
import { MAIN } from '../scenarios/targets.ts';
import type { Race } from './race.ts';

const HOUR_MS = 3_600_000;

/** Race f: the decision to revoke is old when it can be carried out. */
function away(name: string, hours: number, more: Partial<Race> = {}): Race {
  return {
    ...(requested.prepare && { prepare: requested.prepare }),
    name,
    says: `the issuer is away for ${hours} hours after the decision to revoke, and a consumer goes back: its key stays alive`,
    operators: 2,
    sweep: ['meanwhile'],
    meanwhile: ({ world }) => void world.down.add('issuer'),
    play: (stage) => playAway(stage, hours * HOUR_MS),
    happened: regressedAfterDecision,
    ...more,
  };
}

/** Five days take long to play; they are tried at the moment that matters most. */
export const issuerAway: readonly Race[] = [
  away('race-issuer-away', 1, { issuers: ['replay-full', 'replay-id'] }),
  away('race-issuer-away-five-days', 120, {
    issuers: ['replay-id'],
    stores: ['Vault'],
    at: ({ name }) => name === 'issuer revoke',
  }),
];

async function playAway(stage: Stage, ms: number): Promise<void> {
  const { world, pods } = stage;
  const text = world.ledger.targets.get(MAIN.path)?.text;
  const old = stage.status().current?.keyID ?? '';
  stage.annotate({ rotate: 'a' });
  await stage.until(({ revision = 0, rotation }) => world.down.size > 0 || (revision === 2 && !rotation));
  if (world.down.size === 0) return stage.settled(2);
  world.arm(false);
  await stage.pass(60_000);
  pods[0]?.pin(text);
  await stage.pass(ms);
  const isAlive = keyIsAlive(stage, old);
  world.down.clear();
  await stage.pass(HOUR_MS);
  promise(
    keyIsAlive(stage, old) === isAlive,
    'S3 the old key died long after the decision, while a consumer calls with it',
  );
  pods[0]?.pin(undefined);
  await stage.settled(2);
}

/** Whether the decision stood, and was held back because of what consumers did since. */
function regressedAfterDecision(ledger: Ledger): boolean {
  return ledger
    .all('StatusWritten')
    .some(
      ({ after: { status } }) =>
        status?.rotation?.revokeIntent !== undefined && tells(status.conditions, 'EvidenceRegressed'),
    );
}

function keyIsAlive({ world }: Stage, id: string): boolean {
  return world.ledger.keys.get(id)?.alive() === true;
}

function tells(conditions: readonly { readonly reason: string }[] = [], wanted: string): boolean {
  return conditions.some(({ reason }) => reason === wanted);
}
