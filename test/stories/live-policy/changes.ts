import type { RotationSpec } from '../../../src/api/types.ts';
import { SECOND, TARGETS } from '../world/places.ts';
import type { Story } from '../world/story.ts';

/** What a person changes in a spec while a rotation is somewhere. */
export interface Change {
  readonly name: string;
  /** Spec before, where it is not the usual one. */
  readonly before?: Partial<RotationSpec>;
  /** Edits, one right after the other. */
  readonly edits: readonly object[];
  /** The key differs after it. The running rotation has frozen its plan with the intent: another one follows. */
  readonly wantsNewKey?: true;
}

const key = (permissions: readonly string[]) => ({ key: { permissions } });
const reporting = (name: string) => ({
  name,
  evidence: [{ type: 'Report' as const, report: { serviceAccountName: name } }, { type: 'Proof' as const }],
});

/** The name of an issuer at another address. */
export const OTHER_ISSUER = 'other';

export const CHANGES: readonly Change[] = [
  { name: 'the grace period is shortened', edits: [{ migration: { gracePeriod: '1m' } }] },
  { name: 'the grace period is taken away', edits: [{ migration: null }] },
  { name: 'suspended and resumed at once', edits: [{ suspend: true }, { suspend: false }] },
  { name: 'a schedule is added', edits: [{ schedule: { cron: '0 0 1 1 *' } }] },
  {
    name: 'a consumer that never reported is removed',
    before: { consumers: [reporting('api'), reporting('batch')] },
    edits: [{ consumers: [reporting('api')] }],
  },
  {
    name: 'a consumer with a misspelled account is corrected',
    before: { consumers: [{ ...reporting('apy'), name: 'api' }] },
    edits: [{ consumers: [reporting('api')] }],
  },
  { name: 'a target is added', edits: [{ targets: [TARGETS.Vault, SECOND] }] },
  {
    name: 'a target is removed',
    before: { targets: [TARGETS.Vault, SECOND] },
    edits: [{ targets: [TARGETS.Vault] }],
  },
  {
    name: 'a target is removed and added again',
    before: { targets: [TARGETS.Vault, SECOND] },
    edits: [{ targets: [TARGETS.Vault] }, { targets: [TARGETS.Vault, SECOND] }],
  },
  { name: 'a permission is added', edits: [key(['payments:read', 'refunds:read'])], wantsNewKey: true },
  {
    name: 'permissions are changed and changed back',
    edits: [key(['payments:read', 'refunds:read']), key(['payments:read'])],
  },
  { name: 'another issuer is named', edits: [{ issuerRef: { name: OTHER_ISSUER } }], wantsNewKey: true },
  {
    name: 'another issuer is named, and the first one again',
    edits: [{ issuerRef: { name: OTHER_ISSUER } }, { issuerRef: { name: 'apio' } }],
  },
];

/** Whether the mistake that a change mends keeps consumers from moving, so that no later phase is reached before it. */
export function holdsUp({ before }: Change): boolean {
  return before?.consumers !== undefined;
}

export function make(story: Story, { edits }: Change): void {
  for (const edit of edits) story.change(edit);
}
