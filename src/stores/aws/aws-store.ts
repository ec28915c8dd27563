import { CallError } from '../../http/call-error.ts';
import type { HttpTransport } from '../../http/transport.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Leadership } from '../../runtime/leader-election/leadership.ts';
import type { KeyStore } from '../port.ts';
import type { AwsAuth } from './aws-credentials.ts';
import { type AwsPlace, awsLocation } from './aws-location.ts';
import { createAwsSession } from './aws-session.ts';
import { guardClient } from './guarded-client.ts';
import { createSecretsClient } from './secrets-client.ts';
import { createStsClient } from './sts-client.ts';
import { createVersionedStore } from './versioned-store.ts';
import type { WriteBudget } from './write-budget.ts';

/** What an AWS Secrets Manager store is made of. */
export interface AwsStoreOptions extends AwsPlace {
  readonly auth: AwsAuth;
  readonly transport: HttpTransport;
  readonly clock: Clock;
  /** Shared by all stores of the process. */
  readonly budget: WriteBudget;
  readonly leadership: Pick<Leadership, 'holds'>;
}

/** AWS Secrets Manager of one account and region as a store. */
export function createAwsStore(options: AwsStoreOptions): KeyStore {
  const { auth, transport, clock, budget, leadership, ...place } = options;
  const location = awsLocation(place);
  const { address, region, endpoints } = location;
  const sdk = { region, transport, credentials: () => session.current() };
  const sts = createStsClient({ ...sdk, endpoint: endpoints.sts });
  const session = createAwsSession({ auth, clock, assumeRole: sts.assumeRole });
  const bare = createSecretsClient({ ...sdk, endpoint: endpoints.secretsManager });
  const client = guardClient(bare, { session, budget, leadership, address });

  async function check(): Promise<void> {
    const account = await session.run(sts.account);
    if (account === location.accountID) return;
    const remedy = 'correct accountID of the store, or give it a credential of that account';
    const message = `the credential is of account ${account}, the store of account ${location.accountID}: ${remedy}`;
    throw new CallError('refused', 'AWSWrongAccount', message);
  }

  return createVersionedStore({ client, location, clock, check });
}
