import type { LedgerEntry as IssuerEntry } from '../sandbox/apio/engine/types.ts';
import type { VaultEngine } from '../sandbox/vault/engine/vault-engine.ts';
import { VAULT_KEY_ID_FIELD, VAULT_MOUNT, VAULT_PATH } from './cast.ts';
import type { Fault } from './options.ts';
import type { StageObserver } from './stage.ts';
import type { Timeline } from './timeline.ts';
import type { Witness } from './witness.ts';

/** Who hears of the stage, and what goes wrong on it. */
export interface WatcherOptions {
  readonly witness: Witness;
  readonly timeline: Timeline;
  readonly fault: Fault | undefined;
  /** Kills a key at the issuing API behind everyone's back. */
  readonly revokeOutside: (keyID: string) => void;
}

/** Passes on what happens on the stage; with `revoke-early` kills each old key in the moment of the publication. */
export function watchStage({ witness, timeline, fault, revokeOutside }: WatcherOptions): StageObserver {
  return {
    onIssuerEntry(entry, engine) {
      if (entry.type === 'issued') {
        const { permissions = [] } = engine.keys.find(({ id }) => id === entry.keyID) ?? {};
        timeline.tell('issuing API', `issues ${entry.keyID} with [${permissions.join(', ')}]`);
      } else if (entry.type === 'revoked') tellRevocation(entry, timeline);
    },
    onVaultChange({ operation, path, version, time }, engine) {
      const keyID = servedKeyID(engine);
      const before = witness.publications().at(-1)?.keyID;
      if (operation !== 'write' || path !== VAULT_PATH || keyID === undefined || keyID === before) return;
      timeline.tell('Vault', `serves ${keyID} from ${VAULT_MOUNT}/${VAULT_PATH}, version ${version}`);
      witness.publication({ keyID, at: time });
      if (fault === 'revoke-early' && before !== undefined) revokeOutside(before);
    },
    onKubeChange: (object) => witness.kubeChange(object),
  };
}

function tellRevocation({ keyID, by }: IssuerEntry, timeline: Timeline): void {
  if (by === 'outside') timeline.tell('fault', `someone revokes ${keyID} behind the operator's back`);
  else timeline.tell('issuing API', `revokes ${keyID}`);
}

function servedKeyID(engine: VaultEngine): string | undefined {
  const keyID = engine.serving(VAULT_MOUNT, VAULT_PATH)?.[VAULT_KEY_ID_FIELD];
  return typeof keyID === 'string' && keyID !== '' ? keyID : undefined;
}
