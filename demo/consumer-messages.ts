import type { PodCounts } from './verdict.ts';

/** What a consumer process needs to know; comes over IPC, since it holds a token. */
export interface ConsumerConfig {
  readonly pod: string;
  readonly consumer: string;
  readonly namespace: string;
  readonly rotation: string;
  readonly reportsURL: string;
  readonly tokenFile: string;
  readonly callURL: string;
  readonly callsPerSecond: number;
  readonly vault: {
    readonly url: string;
    readonly mount: string;
    readonly path: string;
    readonly token: string;
    readonly fields: { readonly key: string; readonly revision: string; readonly rotationUID: string };
  };
  readonly pollMs: number;
  /** How long it takes to adopt a key that it has found. */
  readonly adoptMs: number;
  /** Instead of adoptMs, in the revision named. */
  readonly slow: { readonly revision: number; readonly ms: number } | undefined;
  /** The negative control: it writes its key into its log. */
  readonly leaks: boolean;
}

/** To a consumer process. */
export type ToConsumer =
  | { readonly type: 'start'; readonly config: ConsumerConfig }
  /** End all calls, wait for those under way, and tell the counts. */
  | { readonly type: 'stop' }
  /** Go on calling after a stop. */
  | { readonly type: 'resume' };

/** From a consumer process. */
export type FromConsumer =
  /** It can be started. */
  | { readonly type: 'ready' }
  /** The first call with a key of this fingerprint succeeded. */
  | { readonly type: 'uses'; readonly fingerprint: string }
  /** The operator accepted a report. */
  | { readonly type: 'reported'; readonly revision: number; readonly state: string }
  | { readonly type: 'counted'; readonly calls: number; readonly failed: number }
  | { readonly type: 'stopped'; readonly counts: PodCounts };
