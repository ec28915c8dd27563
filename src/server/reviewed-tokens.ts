import { isRecord, parseJson } from '../http/json.ts';
import type { Clock } from '../runtime/clock.ts';
import { digestOf } from './token-digest.ts';

/** Spares reviews of tokens that were confirmed a moment ago. What it keeps has no token in it. */
export interface ReviewedTokens<T> {
  /** What `review` resolves with, or did for the same token within the last minute. What it rejects with is forgotten at once. */
  find(token: string, review: () => Promise<T>): Promise<T>;
}

export interface ReviewedTokensDeps {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Not earlier than the time at the API server, in milliseconds since 1970. */
  readonly serverNow: () => number;
}

interface Review<T> {
  readonly found: Promise<T>;
  /** Monotonic. While it runs, for all who ask meanwhile; then for as long as it is believed. */
  until: number;
}

/** A ServiceAccount may be deleted meanwhile, which a look at the pod does not show. The API server itself remembers for ten seconds. */
const BELIEVED_MS = 60_000;
/** Some hundred bytes each; the oldest is forgotten for a new one. */
const MAX_REVIEWS = 10_000;

/** Remembers by hash, at most for a minute and never beyond the token's own end, which a token that is kept has to name. */
export function createReviewedTokens<T>({ clock, serverNow }: ReviewedTokensDeps): ReviewedTokens<T> {
  /** By SHA-256 of the token, the oldest first. */
  const reviews = new Map<string, Review<T>>();

  function makeRoom(now: number): void {
    for (const [key, { until }] of reviews) {
      if (until > now && reviews.size < MAX_REVIEWS) return;
      reviews.delete(key);
    }
  }

  function believedMs(token: string): number {
    try {
      return Math.min(BELIEVED_MS, expiryOf(token) - serverNow());
    } catch {
      // No answer of the API server has shown its time yet.
      return 0;
    }
  }

  function begin(key: string, token: string, review: () => Promise<T>): Promise<T> {
    const now = clock.monotonic();
    makeRoom(now);
    const begun: Review<T> = { found: review(), until: Number.POSITIVE_INFINITY };
    reviews.set(key, begun);
    begun.found.then(
      () => {
        begun.until = now + believedMs(token);
      },
      () => {
        if (reviews.get(key) === begun) reviews.delete(key);
      },
    );
    return begun.found;
  }

  return {
    find(token, review) {
      const key = digestOf(token);
      const known = reviews.get(key);
      if (known && known.until > clock.monotonic()) return known.found;
      reviews.delete(key);
      return begin(key, token, review);
    },
  };
}

/** When a JWT expires, in milliseconds since 1970; 0 where it does not say. Believed of tokens only that were confirmed. */
function expiryOf(token: string): number {
  const [, payload = ''] = token.split('.');
  const claims = parseJson(Buffer.from(payload, 'base64url').toString('utf8'));
  return isRecord(claims) && typeof claims.exp === 'number' ? claims.exp * 1_000 : 0;
}
