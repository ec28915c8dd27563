import type { Marker } from '../../../src/key/marker.ts';
import { servedBy } from '../invariants/answers.ts';
import { attemptOf, ownerIn } from '../invariants/reading.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { issueByHand, wipe, writeOutside } from '../scenarios/outsiders.ts';
import { isParked } from '../scenarios/person.ts';
import { requested } from '../scenarios/rotating.ts';
import { promise, type Stage } from '../scenarios/stage.ts';
import { MAIN } from '../scenarios/targets.ts';
import { isIssue, type Race } from './race.ts';

const AT_RECOVERY: Partial<Race> = { opening: { at: isIssue, faults: ['crash-after'] } };
const PATIENCE_MS = 1_200_000;

/** What a tenant writes beside its own key. */
type Planted = (stage: Stage, own: string) => Pick<Marker, 'revision' | 'attempt' | 'keyID'>;

/** Race g. */
function planted(suffix: string, marker: Planted, more: Partial<Race> = {}): Race {
  return {
    ...(requested.prepare && { prepare: requested.prepare }),
    name: `race-planted-marker-${suffix}`,
    says: `a tenant puts a key of its own under a marker of ours (${suffix}): it is neither taken over nor revoked`,
    operators: 2,
    issuers: ['replay-full', 'replay-id', 'list-only'],
    sweep: ['meanwhile'],
    meanwhile: (stage) => plant(stage, marker),
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

/** Its own key, so many attempts above the running one. */
function ahead(attempts: number): Planted {
  return (stage, keyID) => {
    const { revision = 0, attempt = 0 } = stage.status();
    return { revision, attempt: attempt + attempts, keyID };
  };
}

/** The key that was made last for the object: an issuer that does not say which key it is shown cannot contradict. */
const ofOurLastKey: Planted = ({ world: { ledger } }) => {
  const owner = ownerIn(ledger.rotation, ledger);
  const ours = ledger.all('Issued').flatMap(({ key }) => {
    const attempt = attemptOf(key, owner);
    return attempt ? [{ revision: attempt.revision, attempt: attempt.attempt, keyID: key.id }] : [];
  });
  return ours.at(-1) ?? { revision: 0, attempt: 0, keyID: '' };
};

/** Race g, with a marker of the running attempt, above it and below it; at a recovery, which takes such keys over. */
export const plantedMarkers: readonly Race[] = [
  planted('equal', ahead(0)),
  planted('above', ahead(3)),
  planted('below', ahead(-1)),
  planted('at-recovery', ahead(-1), AT_RECOVERY),
  planted('misnamed-at-recovery', ofOurLastKey, { ...AT_RECOVERY, issuers: ['reticent'] }),
];

function plant(stage: Stage, marker: Planted): void {
  const key = issueByHand(stage);
  const { ledger } = stage.world;
  const { installation, uid } = ownerIn(ledger.rotation, ledger);
  writeOutside(stage, MAIN.path, { key: key.text, keyID: key.id }, { installation, uid, ...marker(stage, key.id) });
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
