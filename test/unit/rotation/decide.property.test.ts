import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../../../src/rotation/decide.ts';
import type { Decision, Look, Step } from '../../../src/rotation/decision.ts';
import type { Facts } from '../../../src/rotation/facts.ts';
import { compareOrdinals } from '../../../src/rotation/ordinal.ts';
import { arbitraryFacts } from './arbitrary-facts.ts';

const SEED = 20_261_123;
/** Enough for the rarest step; every claim below looks at all of them. */
const sample = fc
  .sample(arbitraryFacts, { numRuns: 80_000, seed: SEED })
  .map((facts) => ({ facts, decision: decide(facts) }));

/** Checks `claim` on every decision of the sample; answers how often it had something to check. */
function always(claim: (decision: Decision, facts: Facts) => boolean): number {
  return sample.filter(({ decision, facts }) => claim(decision, facts)).length;
}

function stepOf(decision: Decision): Step | undefined {
  return decision.type === 'Step' ? decision.step : undefined;
}

function revocation(decision: Decision, authority: string) {
  const step = stepOf(decision);
  return step?.type === 'Revoke' && step.authority === authority ? step.keys.map((key) => key.keyID) : undefined;
}

describe('whatever the status and the world say', () => {
  test('every step that there is gets decided', () => {
    const reached = new Set<string>();
    always((decision) => {
      const step = stepOf(decision);
      reached.add(step?.type === 'Commit' ? step.name : (step?.type ?? decision.type));
      return true;
    });
    expect([...reached].sort()).toEqual(
      [
        'Abandon',
        'AddFinalizer',
        'Adopt',
        'AcceptState',
        'Consumers',
        'Copy',
        'Deletion',
        'Deliver',
        'Done',
        'DropTarget',
        'DropTargetRefused',
        'Emergency',
        'EmergencyRefused',
        'Find',
        'Intent',
        'LeakedRevoked',
        'Look',
        'Park',
        'Published',
        'Recover',
        'Reissue',
        'Repeat',
        'RemoveFinalizer',
        'Rest',
        'Restore',
        'Revoke',
        'RevokeIntent',
        'RollBack',
        'RollBackRefused',
        'StandDown',
        'SweepPostponed',
        'Swept',
        'TickSkipped',
        'VerificationFailed',
        'Wait',
      ].sort(),
    );
  });

  test('decide answers, shrunk to the smallest facts where it does not', () => {
    fc.assert(
      fc.property(arbitraryFacts, (facts) => {
        expect(decide(facts).type).toMatch(/^(Look|Step|Wait|Rest)$/);
      }),
      { numRuns: 2_000 },
    );
  });

  test('the same facts lead to the same decision', () => {
    always((decision, facts) => {
      expect(decide(facts)).toEqual(decision);
      return true;
    });
  });

  test('the old key is revoked only under an intent that names it, after the new one was published', () => {
    const checked = always((decision, { object: { status } }) => {
      const keys = revocation(decision, 'revokeIntent');
      if (!keys) return false;
      expect(status?.rotation?.revokeIntent?.keyID).toBe(keys[0]);
      expect(status?.rotation?.oldKey?.keyID).toBe(keys[0]);
      expect(status?.rotation?.publishedAt).toBeDefined();
      expect(keys).toHaveLength(1);
      return true;
    });
    expect(checked).toBeGreaterThan(0);
  });

  test('an orphan is revoked only when `abandoned` lists it, and never a key in use', () => {
    const checked = always((decision, { object: { status } }) => {
      const keys = revocation(decision, 'abandoned');
      if (!keys) return false;
      const { current, rotation, abandoned } = status ?? {};
      expect(abandoned?.map((key) => key.keyID)).toEqual(expect.arrayContaining(keys));
      const inUse = [current, rotation?.oldKey, rotation?.newKey, rotation?.restoredKey];
      for (const used of inUse) expect(keys).not.toContain(used?.keyID);
      return true;
    });
    expect(checked).toBeGreaterThan(0);
  });

  test('a deletion revokes only what its entry lists', () => {
    const checked = always((decision, { object: { status, metadata } }) => {
      const keys = revocation(decision, 'deletion');
      if (!keys) return false;
      expect(status?.deletion?.keyIDs).toEqual(expect.arrayContaining(keys));
      expect(metadata.deletionTimestamp).toBeDefined();
      return true;
    });
    expect(checked).toBeGreaterThan(0);
  });

  test('an intent to revoke rests on a verified new key, targets that serve it, and evidence or none asked for', () => {
    const checked = always((decision, facts) => {
      const step = stepOf(decision);
      if (step?.type !== 'Commit' || step.name !== 'RevokeIntent' || facts.object.status?.rotation?.revokeIntent)
        return false;
      const { newKey, oldKey } = step.status.rotation ?? {};
      expect(facts.keys?.newVerified).toBe(true);
      expect(facts.keys?.old?.live).toBe(true);
      expect(facts.keys?.old?.ours || oldKey?.adopted).toBe(true);
      for (const target of facts.targets ?? []) {
        expect(target).toMatchObject({ fingerprint: newKey?.fingerprint, marker: { keyID: newKey?.keyID } });
      }
      const { leakedKeyID, revokeIntent } = step.status.rotation ?? {};
      expect(revokeIntent?.basis === 'Emergency').toBe(leakedKeyID !== undefined && leakedKeyID === oldKey?.keyID);
      if (!facts.object.spec.withoutEvidence && revokeIntent?.basis !== 'Emergency')
        expect(facts.liveEvidence?.every((consumer) => consumer.state === 'Migrated')).toBe(true);
      return true;
    });
    expect(checked).toBeGreaterThan(0);
  });

  test('in a roll back no key is asked for', () => {
    const checked = always((decision, { object: { status } }) => {
      const step = stepOf(decision);
      if (!status?.rotation?.restoredKey || step?.type !== 'Commit') return false;
      const before = (status.issueCalls ?? []).length;
      expect((step.status.issueCalls ?? []).length).toBeLessThanOrEqual(before);
      return true;
    });
    expect(checked).toBeGreaterThan(0);
  });

  test('after a roll back nothing begins before somebody says so', () => {
    const checked = always((decision, { object: { status, metadata } }) => {
      const held = status?.rolledBack;
      if (!held || status.rotation || held.trigger === 'Emergency' || held.generation !== metadata.generation)
        return false;
      const step = stepOf(decision);
      const asked = ['rotate', 'emergency'].some((name) => metadata.annotations?.[`apikeyrotation.io/${name}`]);
      if (!asked && status.current) expect(step?.type === 'Commit' && step.name === 'Intent').toBe(false);
      return !asked;
    });
    expect(checked).toBeGreaterThan(0);
  });

  test('a roll back keeps both keys: it restores the one that was to be retired, and says which is to be retired now', () => {
    const checked = always((decision, { object: { status }, restorable }) => {
      const step = stepOf(decision);
      if (step?.type !== 'Commit' || step.name !== 'RollBack') return false;
      const { rotation } = status ?? {};
      expect(restorable?.type).toBe('Found');
      expect(rotation?.revokeIntent).toBeUndefined();
      expect(step.status.rotation?.restoredKey).toEqual(rotation?.oldKey);
      expect(step.status.rotation?.oldKey?.keyID).toBe((rotation?.newKey ?? rotation?.restoredKey)?.keyID);
      expect(step.status.current).toEqual(status?.current);
      return true;
    });
    expect(checked).toBeGreaterThan(0);
  });

  test('revision and attempt never decrease', () => {
    always((decision, { object }) => {
      const step = stepOf(decision);
      if (step?.type !== 'Commit') return false;
      const ordinal = ({ revision = 0, attempt = 0 } = {}) => ({ revision, attempt });
      const before = ordinal(object.status);
      // No process of ours ever counts attempts without a revision.
      if (before.revision > 0) expect(compareOrdinals(ordinal(step.status), before)).toBeGreaterThanOrEqual(0);
      return true;
    });
  });

  test('only the holder of the claim delivers or recovers', () => {
    const checked = always((decision, { holding }) => {
      const step = stepOf(decision);
      if (step?.type !== 'Deliver' && step?.type !== 'Recover') return false;
      expect(holding?.type).toBe('Working');
      return true;
    });
    expect(checked).toBeGreaterThan(0);
  });

  test('only who holds the claim repeats an issue call, and only where and while the issuer knows it for a repeat', () => {
    const checked = always((decision, { holding, capabilities, object, time }) => {
      const step = stepOf(decision);
      const isRepeat = step?.type === 'Commit' && step.name === 'Repeat';
      if (!isRepeat && step?.type !== 'Find') return false;
      expect(holding?.type).toBe(isRepeat ? 'Unanswered' : 'Fenced');
      expect(capabilities?.replay).toMatch(isRepeat ? /^Full$/ : /^(Full|ID)$/);
      const { rotation, abandoned = [] } = object.status ?? {};
      const lost = abandoned.find((key) => !key.keyID && step.type === 'Find' && compareOrdinals(key, step.call) === 0);
      const window = capabilities?.replayWindowMs ?? Number.POSITIVE_INFINITY;
      const age = Date.parse(time.stamp) - Date.parse((isRepeat ? rotation?.attemptAt : lost?.calledAt) ?? '');
      if (Number.isFinite(window)) expect(age).toBeLessThan(window);
      return true;
    });
    expect(checked).toBeGreaterThan(0);
  });

  test('a suspended object that is not being deleted sees no step at all', () => {
    always((decision, { object }) => {
      if (!object.spec.suspend || object.metadata.deletionTimestamp) return false;
      expect(decision.type).toBe('Rest');
      return true;
    });
  });

  test('a status of a newer protocol is not even written', () => {
    always((decision, { object }) => {
      if ((object.status?.protocol ?? 0) <= 1) return false;
      expect(decision).toEqual({ type: 'Rest' });
      return true;
    });
  });

  test('an object that is deleted begins no attempt that could issue a key', () => {
    always((decision, { object }) => {
      const step = stepOf(decision);
      if (!object.metadata.deletionTimestamp || !step) return false;
      expect(['RemoveFinalizer', 'Recover', 'Revoke', 'Commit', 'Find']).toContain(step.type);
      if (step.type === 'Commit') expect(['Recover', 'Deletion', 'Abandon']).toContain(step.name);
      return true;
    });
  });

  test('looks come to an end: each asks for a fact that is not there, and only pods are looked at again, last', () => {
    const isThere = (facts: Facts, look: Look) => (look === 'time' ? facts.time.fresh : facts[look] !== undefined);
    always((decision, facts) => {
      if (decision.type !== 'Look') return false;
      const again = decision.at.filter((look) => isThere(facts, look));
      expect(again.length).toBeLessThan(decision.at.length);
      if (again.length > 0) expect(again).toEqual(['liveEvidence']);
      if (again.length > 0) expect(decision.at.at(-1)).toBe('liveEvidence');
      return true;
    });
  });
});
