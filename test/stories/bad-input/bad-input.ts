import type { ConsumerErrorCode } from '../../../packages/consumer/src/index.ts';
import type { Newcomer } from './newcomer.ts';

/** Where a mistake is told. */
export type Seen =
  /** `kubectl` prints it: the API server refuses the object. */
  | { readonly type: 'Refused' }
  /** A condition of the object that `kubectl describe` shows. */
  | {
      readonly type: 'Condition';
      readonly kind: 'ApiKeyRotation' | 'ApiKeyIssuer' | 'KeyStore' | 'ClusterApiKeyIssuer' | 'ClusterKeyStore';
      readonly condition: 'Ready' | 'Rotating' | 'Stalled';
      readonly reason: string;
    }
  /** A Warning event of the rotation. */
  | { readonly type: 'Event'; readonly reason: string }
  /** What the SDK tells the program: ConsumerError. */
  | { readonly type: 'Program'; readonly code: ConsumerErrorCode }
  /** The answer of the reports API. */
  | { readonly type: 'Answer'; readonly status: number; readonly code: string };

/**
 * One thing that a newcomer does wrong: the story is played by `bad-input.test.ts`, and `docs/troubleshooting.md` is written from
 * the same rows.
 */
export interface BadInput {
  /** What a person did. */
  readonly did: string;
  readonly seen: Seen;
  /** The whole message, of an object in namespace `payments`; an id that differs from run to run is written `…`. */
  readonly message: string;
  /** Excerpts of the message: the object that is meant, the field, and what to do. */
  readonly names: readonly string[];
  /** What to do, in Markdown, with the command. */
  readonly remedy: string;
  /** Makes the mistake in a world where all else is right. Answers what the person is told, where that is at once. */
  readonly wrong: (newcomer: Newcomer) => unknown;
  /** Follows the remedy. */
  readonly correct: (newcomer: Newcomer) => unknown;
  /** Keys that the mistake costs: issued, and revoked again before anybody was served one. None when absent. */
  readonly costs?: number;
  /** Invariants, by their number, that the mistake itself breaks from outside. */
  readonly exempt?: readonly string[];
}
