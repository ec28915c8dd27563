import type { StageObserver } from '../../../demo/stage.ts';
import type { ApioEngine } from '../../../sandbox/apio/engine/apio-engine.ts';
import { dig } from '../../../sandbox/kube/engine/json.ts';
import type { KubeObject } from '../../../sandbox/kube/engine/object.ts';
import type { RotationStatus } from '../../../src/api/types.ts';
import { parseAttemptId } from '../../../src/key/attempt-id.ts';
import type { Step } from './moment.ts';

/** A step that took effect, as the server saw it that carried it out. */
export interface StepEntry {
  readonly revision: number;
  readonly step: Step;
}

/** Every effect of the protocol, in the order in which the servers carried them out. */
export interface StepLedger extends StageObserver {
  readonly entries: readonly StepEntry[];
  /** Hears the calls with which the operator verifies a key. */
  watchVerifications(engine: ApioEngine): void;
}

/** `onEntry` is called within the effect: before the operator can hear of it. */
export function createStepLedger(onEntry: (entry: StepEntry) => void): StepLedger {
  const entries: StepEntry[] = [];
  let status: RotationStatus = {};
  let issued: { readonly revision: number; readonly published: boolean } | undefined;

  function add(step: Step, revision = status.revision ?? 0): void {
    const entry = { revision, step };
    entries.push(entry);
    onEntry(entry);
  }
  return {
    entries,
    onIssuerEntry({ type, keyID }, engine) {
      const label = engine.keys.find(({ id }) => id === keyID)?.label;
      if (type === 'issued' && label) {
        issued = { revision: parseAttemptId(label)?.revision ?? 0, published: false };
        add(2, issued.revision);
      }
      if (type === 'revoked' && keyID === status.rotation?.revokeIntent?.keyID) add(8);
    },
    watchVerifications({ calls }) {
      let count = calls.self;
      Object.defineProperty(calls, 'self', {
        get: () => count,
        set: (now: number) => {
          count = now;
          if (issued && !issued.published) add(3, issued.revision);
        },
      });
    },
    onVaultChange({ operation }) {
      if (operation !== 'write' || !issued) return;
      issued = { ...issued, published: true };
      add(4, issued.revision);
    },
    onKubeChange(object: KubeObject) {
      if (object.kind === 'MigrationReport' && Number(dig(object.spec, 'revision')) === status.revision) add(6);
      if (object.kind !== 'ApiKeyRotation') return;
      const before = status;
      status = (object.status ?? {}) as RotationStatus;
      const step = stepBetween(before, status);
      if (step) add(step);
    },
  };
}

/** The step that a status write recorded. */
function stepBetween(before: RotationStatus, after: RotationStatus): Step | undefined {
  const [old, rotation] = [before.rotation, after.rotation];
  if (rotation && !old) return 1;
  if (!rotation) return old ? 9 : undefined;
  if (rotation.publishedAt && !old?.publishedAt) return 5;
  return rotation.revokeIntent && !old?.revokeIntent ? 7 : undefined;
}
