import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CONSUMERS,
  NAMESPACE,
  PODS,
  type Pod,
  ROTATION,
  SLOW_CONSUMER,
  SLOW_REVISION,
  VAULT_FIELDS,
  VAULT_MOUNT,
  VAULT_PATH,
} from './cast.ts';
import { reportToken } from './cluster.ts';
import type { ConsumerConfig } from './consumer-messages.ts';
import type { Secret } from './leak-scan.ts';
import { CALLS_PER_SECOND, type Pace } from './pace.ts';
import type { Stage } from './stage.ts';

/** A pod with what the kubelet and Vault's agent would have given it. */
export interface EquippedPod extends Pod {
  readonly tokenFile: string;
  readonly reportToken: string;
  readonly vaultToken: string;
}

/** Writes a report token for every pod into the folder, and gives it a Vault token that may read the key. */
export function equipPods({ kube, vault }: Stage, folder: string): Promise<readonly EquippedPod[]> {
  return Promise.all(
    PODS.map(async (pod) => {
      const tokenFile = join(folder, `${pod.name}.token`);
      const token = reportToken(kube.engine, pod);
      await writeFile(tokenFile, token, { mode: 0o600 });
      return {
        ...pod,
        tokenFile,
        reportToken: token,
        vaultToken: vault.engine.createToken({ policies: ['payments-reader'] }),
      };
    }),
  );
}

/** The report tokens, as things that must not be found. */
export function tokensOf(pods: readonly EquippedPod[]): readonly Secret[] {
  return pods.map(({ name, reportToken: text }) => ({ id: `report-token-${name}`, text }));
}

/** What the process of a pod is told. */
export function configOf(
  pod: EquippedPod,
  { stage, pace, reportsURL, leaks }: { stage: Stage; pace: Pace; reportsURL: string; leaks: boolean },
): ConsumerConfig {
  const { name, consumer, tokenFile, vaultToken } = pod;
  const index = CONSUMERS.indexOf(consumer);
  return {
    pod: name,
    consumer,
    namespace: NAMESPACE,
    rotation: ROTATION,
    reportsURL,
    tokenFile,
    callURL: `${stage.issuer.server.url.Live}/v1/payments`,
    callsPerSecond: CALLS_PER_SECOND,
    vault: {
      url: stage.vault.server.url,
      mount: VAULT_MOUNT,
      path: VAULT_PATH,
      token: vaultToken,
      fields: VAULT_FIELDS,
    },
    pollMs: pace.pollMs,
    adoptMs: pace.adoptMs[index] ?? 0,
    slow: consumer === SLOW_CONSUMER ? { revision: SLOW_REVISION, ms: pace.slowMs } : undefined,
    leaks,
  };
}
