import type { Marker } from '../../../src/key/marker.ts';
import { servedBy } from '../invariants/answers.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { issueByHand, wipe, writeOutside } from '../scenarios/outsiders.ts';
import { isParked } from '../scenarios/person.ts';
import { requested } from '../scenarios/rotating.ts';
import { promise, type Stage } from '../scenarios/stage.ts';
import { MAIN } from '../scenarios/targets.ts';
import { isIssue, type Race } from './race.ts';

const PATIENCE_MS = 1_200_000;

/** Race g. `ahead`: how many attempts above the running one the tenant says that its own key is. */
function planted(suffix: string, ahead: number, more: Partial<Race> = {}): Race {
  return {
    ...(requested.prepare && { prepare: requested.prepare }),
    name: `race-planted-marker-${suffix}`,
    says: `a tenant puts a key of its own under a marker of ours (${suffix}): it is neither taken over nor revoked`,
    operators: 2,
    issuers: ['replay-full', 'replay-id', 'list-only'],
    sweep: ['meanwhile'],
    meanwhile: (stage) => plant(stage, ahead),
    async play(stage) {
      stage.annotate({ rotate: 'a' });
      await stage.until(({ revision = 0, rotation }) => (revision === 2 && !rotation) || needsHelp(stage));
      stage.world.arm(false);
      await stage.pass(PATIENCE_MS);
      const tenant = tenantKey(stage.world.ledger);
      promise(tenant?.alive() !== false, 'S15 the key of a tenant was revoked');
      if (stage.world.ledger.targets.get(MAIN.path)?.text === tenant?.text) wipe(stage, MAIN.path);
      stage.annotate({ rotate: 'b' });
      await stage.settled(2);
      promise(tenant?.alive() !== false, 'S15 the key of a tenant was revoked');
    },
    happened: isMet,
    ...more,
  };
}

/** Race g, with a marker of the running attempt, above it and below it; at a recovery, which takes such keys over. */
export const plantedMarkers: readonly Race[] = [
  planted('equal', 0),
  planted('above', 3),
  planted('below', -1),
  planted('at-recovery', -1, { opening: { at: isIssue, faults: ['crash-after'] } }),
];

function plant(stage: Stage, ahead: number): void {
  const key = issueByHand(stage);
  const { metadata, status } = stage.world.rotation() ?? {};
  const marker: Marker = {
    installation: stage.world.ledger.circumstances.installation,
    uid: metadata?.uid ?? '',
    revision: status?.revision ?? 0,
    attempt: (status?.attempt ?? 0) + ahead,
    keyID: key.id,
  };
  writeOutside(stage, MAIN.path, { key: key.text, keyID: key.id }, marker);
}

function needsHelp(stage: Stage): boolean {
  return stage.tells('Stalled') !== undefined && !isParked(stage.world);
}

/** The only key without a label. */
function tenantKey(ledger: Ledger) {
  return [...ledger.keys.values()].find(({ label }) => label === undefined);
}

/** Whether one of ours read the value of the tenant at the target. */
function isMet(ledger: Ledger): boolean {
  const tenant = tenantKey(ledger);
  return ledger
    .all('Answered')
    .some((entry) => tenant !== undefined && servedBy(entry, MAIN.path)?.fingerprint === tenant.fingerprint);
}
