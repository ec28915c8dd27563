import { CallError } from '../../http/call-error.ts';
import type { AwsSession } from './aws-session.ts';
import type { SecretsClient } from './secrets-client.ts';
import type { WriteBudget } from './write-budget.ts';

/** Whose calls these are. */
export interface Guards {
  readonly session: AwsSession;
  readonly budget: WriteBudget;
  /** Account and region, as the budget knows them. */
  readonly address: string;
}

/** The same client: calls are repeated with new credentials where the old ones are no longer taken, and writes keep to the budget. */
export function guardClient(client: SecretsClient, { session, budget, address }: Guards): SecretsClient {
  async function write<T>(call: () => Promise<T>): Promise<T> {
    await budget.take(address);
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
