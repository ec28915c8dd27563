import { randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
} from '@aws-sdk/client-secrets-manager';
import { type Clock, systemClock } from '../../../src/runtime/clock.ts';
import { alwaysLeading } from '../../../src/runtime/leader-election/leadership.ts';
import { type AwsStoreOptions, createAwsStore } from '../../../src/stores/aws/aws-store.ts';
import { createWriteBudget } from '../../../src/stores/aws/write-budget.ts';
import type { KeyStore } from '../../../src/stores/port.ts';
import { type ApiProxy, type Matching, startApiProxy } from '../../e2e/components/api-proxy.ts';
import { type AwsStand, actionOf, REGION, standAtAws } from './aws-stand.ts';
import type { StoreWorld } from './store-contract.ts';
import { createImpatientTransport } from './vault-world.ts';

/** Secrets Manager behind a proxy, and our adapter for an account of its own there. */
export interface AwsWorld extends StoreWorld {
  readonly stand: AwsStand;
  /** Between the store and AWS; the administrator goes past it. */
  readonly proxy: ApiProxy;
  /** Another store at the same AWS. */
  readonly storeWith: (options: Partial<AwsStoreOptions>) => KeyStore;
  /** Labels by version, as they are. */
  readonly labels: (path: string) => Promise<Record<string, string[]>>;
}

/** Waits for nothing. */
export const hastyClock: Clock = {
  ...systemClock,
  schedule: (_ms, callback) => systemClock.schedule(0, callback),
};

/** Calls of these names. */
export function calls(...actions: readonly string[]): Matching {
  return (request) => actions.includes(actionOf(request) ?? '');
}

/** What may let consumers be served something else. */
export const isWrite = calls('PutSecretValue', 'UpdateSecretVersionStage');

/** Stands at AWS, in an account without secrets. */
export async function setUpAws(): Promise<AwsWorld> {
  const stand = await standAtAws();
  const proxy = await startApiProxy({ url: stand.url, keepsHost: true });
  const transport = createImpatientTransport(5_000);
  const base: AwsStoreOptions = {
    endpoint: proxy.url,
    region: REGION,
    accountID: stand.account,
    auth: { type: 'Static', credentials: async () => stand.credentials },
    transport,
    clock: systemClock,
    budget: createWriteBudget(hastyClock),
    leadership: alwaysLeading,
  };
  const storeWith = (options: Partial<AwsStoreOptions>) => createAwsStore({ ...base, ...options });
  const labels: AwsWorld['labels'] = async (path) => {
    const sent = stand.admin.send(new DescribeSecretCommand({ SecretId: path }));
    return (await sent.catch(unless(ResourceNotFoundException)))?.VersionIdsToStages ?? {};
  };
  return {
    stand,
    proxy,
    store: storeWith({}),
    storeWith,
    labels,
    plant: async (path, fields, markerText) => {
      await stand.admin.send(new CreateSecretCommand({ Name: path })).catch(unless(ResourceExistsException));
      const VersionStages = ['AWSCURRENT', ...(markerText === undefined ? [] : [`akr/${markerText}`])];
      const version = { ClientRequestToken: randomUUID(), SecretString: JSON.stringify(fields), VersionStages };
      await stand.admin.send(new PutSecretValueCommand({ SecretId: path, ...version }));
    },
    loseNextWriteAnswer: () => proxy.loseAnswers(isWrite, 1),
    denyWrites: async () => {
      const writes = calls('CreateSecret', 'PutSecretValue', 'UpdateSecretVersionStage');
      stand.denyWrites((answer) => proxy.answer(answer, writes));
    },
    // No test of the suite serves more than two versions.
    writes: async (path) => {
      const served = (stages: string[]) => stages.some((stage) => /^AWS(CURRENT|PREVIOUS)$/.test(stage));
      return Object.values(await labels(path)).filter(served).length;
    },
    close: async () => {
      await proxy.close();
      await transport.close();
      await stand.close();
    },
  };
}

function unless(known: abstract new (...args: never[]) => Error): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof known) return undefined;
    throw error;
  };
}
