import type { PodView } from '../pod-view.ts';
import type { Copy } from './copy.ts';
import type { WorkloadView } from './workload.ts';

/** Whether a copy holds the new key: `Absent`, there is no such Secret; `NoKey`, it has no such key; `Other`, that is another text. */
export type CopyState = 'New' | 'Absent' | 'NoKey' | 'Other';

/** What was found of one consumer's workload when somebody looked. */
export type RolloutSight =
  /** The API server does not let us look; `message` says at what, and how it does. */
  | { readonly type: 'Denied'; readonly message: string }
  | { readonly type: 'Missing' }
  | {
      readonly type: 'Seen';
      readonly workload: WorkloadView;
      /** Undefined where nobody has said what the pods read and it cannot be seen. */
      readonly copy: Copy | undefined;
      readonly copyState: CopyState;
      /** Those that the workload's selector selects; undefined where nobody looked, as they cannot count yet. */
      readonly pods: readonly PodView[] | undefined;
    };
