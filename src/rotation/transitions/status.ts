import type { RotationStatus } from '../../api/types.ts';
import type { Owner } from '../../key/attempt-id.ts';
import type { Facts } from '../facts.ts';
import type { Ordinal } from '../ordinal.ts';
import { requestText } from '../requests.ts';

/** The present status; an object that has none starts from nothing. */
export function statusOf(facts: Facts): RotationStatus {
  return facts.object.status ?? {};
}

/** The member `lastHandled` with these tokens in it; those that are undefined were not handled. */
export function handled(
  facts: Facts,
  tokens: Readonly<Record<string, string | undefined>>,
): Pick<RotationStatus, 'lastHandled'> {
  const known = Object.entries(tokens).filter(([, token]) => token !== undefined);
  return known.length === 0 ? {} : { lastHandled: { ...statusOf(facts).lastHandled, ...Object.fromEntries(known) } };
}

/** The tokens of all requests on the object: those that are older than its status count as handled. */
export function presentTokens(facts: Facts): Readonly<Record<string, string | undefined>> {
  const requests = ['rotate', 'rollback', 'emergency', 'dropTarget', 'acceptState'] as const;
  return Object.fromEntries(requests.map((request) => [request, requestText(facts, request)]));
}

/** Revision and attempt that status has committed. */
export function committed(facts: Facts): Ordinal {
  const { revision = 0, attempt = 0 } = statusOf(facts);
  return { revision, attempt };
}

/** Whose markers and labels are the object's own. */
export function ownerOf({ installation, object }: Pick<Facts, 'installation' | 'object'>): Owner {
  return { installation, uid: object.metadata.uid ?? '' };
}
