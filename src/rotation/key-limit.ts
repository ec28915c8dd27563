import type { IssuerIdentity } from '../api/types.ts';
import type { Explanation } from './explanation.ts';
import type { Facts } from './facts.ts';
import { isSameIssuer } from './issuer-place.ts';
import { statusOf } from './transitions/status.ts';

/**
 * Why no attempt that issues may begin: its key would be one too many, which the issuer refuses, or, worse, kills another for.
 * Keys of others that count there too are not known; the issuer's own refusal tells of them.
 */
export function keyLimit(facts: Facts, issuer: IssuerIdentity): Explanation | undefined {
  const { maxKeys } = facts.capabilities ?? {};
  const live = liveKeysAt(facts, issuer);
  if (maxKeys === undefined || live.length < maxKeys) return undefined;
  const remedy =
    maxKeys < 2
      ? 'a rotation needs two at a time: raise the limit, or use another issuer'
      : 'revoke there by hand one that nobody uses, then it goes on by itself';
  return {
    reason: 'KeyLimit',
    message: `issuer ${issuer.name} allows ${maxKeys} living keys, and there are: ${live.join(', ')}; ${remedy}`,
  };
}

/** Ids of the living keys that we know of; an adopted one has no label. */
function liveKeysAt(facts: Facts, issuer: IssuerIdentity): string[] {
  const { current } = statusOf(facts);
  const adopted = current?.adopted ? [{ keyID: current.keyID, issuer: current.issuer, live: true }] : [];
  const there = [...adopted, ...(facts.labelled ?? [])].filter((key) => key.live && isSameIssuer(key.issuer, issuer));
  return there.map((key) => key.keyID);
}
