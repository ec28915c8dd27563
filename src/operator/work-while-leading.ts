import { toTimestamp } from '../rotation/duration.ts';
import type { Controller } from '../runtime/controller.ts';
import type { ServerTime } from '../runtime/kube/server-time.ts';
import type { Leadership } from '../runtime/leader-election/leadership.ts';

export interface WorkDeps {
  readonly leadership: Leadership;
  readonly controllers: readonly Controller[];
  readonly serverTime: ServerTime;
}

/** The work of a replica, which is the leader's alone. */
export interface Work {
  /** Works in every term from now on; begin it when the caches are filled. */
  begin(): void;
  /** Since when this process leads, for facts; undefined without an election. */
  leadsSince(): string | undefined;
}

/** Between terms the controllers go on collecting keys, so that a new term begins with all that happened meanwhile. */
export function createWork({ leadership, controllers, serverTime }: WorkDeps): Work {
  let since: string | undefined;

  function follow(leads: boolean): void {
    if (leads) since = toTimestamp(serverTime.upperBound());
    for (const each of controllers) {
      if (leads) each.start();
      else each.pause();
    }
  }
  return {
    begin: () => leadership.onChange(follow),
    leadsSince: () => (leadership.elected ? since : undefined),
  };
}
