import type { IssuerCapabilities } from '../../../src/issuers/port.ts';
import type { CallFault } from '../kernel/faults.ts';
import type { EventFate } from '../kernel/kube-port.ts';
import type { People, StoreKind } from '../kernel/world.ts';

/** They all tell when keys were used; few stories ask for it. */
const usageResolutionMs = 60_000;

/** Issuers by what they can do (design section 7), under the names that plans use. */
export const ISSUERS: Readonly<Record<string, IssuerCapabilities>> = {
  'replay-full': { replay: 'Full', list: true, usageResolutionMs },
  'replay-id': { replay: 'ID', list: true, usageResolutionMs },
  'list-only': { replay: 'None', list: true, usageResolutionMs },
  blind: { replay: 'None', list: false, usageResolutionMs },
};

/** More of them, for stories that name them. */
const RARE_ISSUERS: Readonly<Record<string, IssuerCapabilities>> = {
  'two-keys': { replay: 'ID', list: true, maxKeys: 2 },
  forgetful: { replay: 'Full', list: false, replayWindowMs: 30_000 },
  'full-unlisted': { replay: 'Full', list: false, replayWindowMs: 86_400_000 },
  'id-unlisted': { replay: 'ID', list: false, replayWindowMs: 86_400_000 },
};

/** What people can do who issue keys (`src/issuers/support`), under the names that plans use. */
const BY_PEOPLE: IssuerCapabilities = { replay: 'ID', list: true, expectedWithinMs: 3_600_000 };

/** Issuers that accept a key without a word of which one it is, as many vendors do (decision 0010), for stories that name them. */
const RETICENT: Readonly<Record<string, IssuerCapabilities>> = {
  reticent: { replay: 'None', list: true },
  'reticent-unlisted': { replay: 'None', list: false },
};

/** Whether the issuer of this name does not say which key it is shown. */
export function isReticent(name: string): boolean {
  return RETICENT[name] !== undefined;
}

/** Issuers behind which people work, for stories that name them: with a probe that tells whether a key works, and without. */
export const PEOPLE: Readonly<Record<string, People>> = {
  people: { probe: true },
  'people-unprobed': { probe: false },
};

/** What the issuer of this name can do; undefined where there is none. */
export function issuerNamed(name: string): IssuerCapabilities | undefined {
  return ISSUERS[name] ?? RARE_ISSUERS[name] ?? RETICENT[name] ?? (PEOPLE[name] && BY_PEOPLE);
}

export const STORES: readonly StoreKind[] = ['Vault', 'KubernetesSecret'];

/** For stories that name it: a publication is several calls there. */
const RARE_STORES: readonly StoreKind[] = ['AWSSecretsManager'];

/** One thing that goes wrong: the n-th call, or (`e`) the n-th watch event, since faults can strike. */
export type Strike =
  | { readonly type: 'Call'; readonly at: number; readonly fault: CallFault }
  | { readonly type: 'Event'; readonly at: number; readonly fate: EventFate };

/** One run, to the letter: who plays what with which misfortunes. */
export interface Plan {
  readonly scenario: string;
  readonly issuer: string;
  readonly store: StoreKind;
  readonly operators: number;
  readonly seed: number;
  readonly strikes: readonly Strike[];
}

/** `requested/replay-id/Vault/2/17/12.crash-after+e5.Lost`; `none` where nothing goes wrong. */
export function formatPlan({ scenario, issuer, store, operators, seed, strikes }: Plan): string {
  const text = strikes.map((strike) =>
    strike.type === 'Call' ? `${strike.at}.${strike.fault}` : `e${strike.at}.${strike.fate}`,
  );
  return [scenario, issuer, store, operators, seed, text.join('+') || 'none'].join('/');
}

/** The plan of such an id; throws where it is none. */
export function parsePlan(id: string): Plan {
  const [scenario = '', issuer = '', store = '', operators = '', seed = '', strikes = ''] = id.split('/');
  if (!issuerNamed(issuer) || ![...STORES, ...RARE_STORES].some((known) => known === store))
    throw new Error(`not a plan: ${id}`);
  return {
    scenario,
    issuer,
    store: store as StoreKind,
    operators: Number(operators),
    seed: Number(seed),
    strikes: strikes === 'none' ? [] : strikes.split('+').map(parseStrike),
  };
}

function parseStrike(text: string): Strike {
  const [, event, at, what = ''] = /^(e?)(\d+)\.(.+)$/.exec(text) ?? [];
  if (event) return { type: 'Event', at: Number(at), fate: what as EventFate };
  return { type: 'Call', at: Number(at), fault: what as CallFault };
}
