import { CallError } from '../../http/call-error.ts';
import { assertLeading, type Leadership } from '../../runtime/leader-election/leadership.ts';
import type { AwsSession } from './aws-session.ts';
import type { SecretsClient } from './secrets-client.ts';
import type { WriteBudget } from './write-budget.ts';

/** Whose calls these are. */
export interface Guards {
  readonly session: AwsSession;
  readonly budget: WriteBudget;
  /** A publish is several calls, and waits in between: each that writes asks. */
  readonly leadership: Pick<Leadership, 'holds'>;
  /** Account and region, as the budget knows them. */
  readonly address: string;
}

/** The same client: with new credentials where the old ones are no longer taken; what writes keeps to the budget, and to the leader. */
export function guardClient(client: SecretsClient, { session, budget, leadership, address }: Guards): SecretsClient {
  async function write<T>(call: () => Promise<T>): Promise<T> {
    await budget.take(address);
    assertLeading(leadership);
    try {
      return await session.run(call);
    } catch (error) {
      if (error instanceof CallError && error.reason === 'AWSThrottled') budget.throttled(address);
      throw error;
    }
  }
  return {
    describe: (name) => session.run(() => client.describe(name)),
    version: (name, by) => session.run(() => client.version(name, by)),
    create: (name) => write(() => client.create(name)),
    put: (version) => write(() => client.put(version)),
    move: (move) => write(() => client.move(move)),
  };
}
