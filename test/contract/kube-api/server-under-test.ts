import { randomUUID } from 'node:crypto';
import { KubeEngine } from '../../../sandbox/kube/engine/engine.ts';
import { startKubeServer } from '../../../sandbox/kube/front/server.ts';
import { startApiProxy, watches } from '../../e2e/components/api-proxy.ts';
import { compactEtcd } from '../../e2e/components/etcd.ts';
import { type SharedComponents, sharedComponents } from '../../e2e/components/shared.ts';

/** The API server that the contract is held to: the sandbox, or the real one behind a proxy. */
export interface ServerUnderTest {
  /** Plain http; requests without a token are the administrator's. */
  readonly url: string;
  /** Forgets everything before the present. */
  compact(): Promise<void>;
  readonly faults: ServerFaults;
  close(): Promise<void>;
}

/** Faults of the next request that matches, and of the watches that are open. */
export interface ServerFaults {
  failNext(matches: Matches, code: number, reason: string): void;
  /** It does not take effect, and the connection dies. */
  dropNext(matches: Matches): void;
  /** It takes effect, and the connection dies. */
  loseNextAnswer(matches: Matches): void;
  cutWatches(): void;
  freezeWatches(): void;
}

/** Which request a fault is for. */
type Matches = (request: { readonly method: string; readonly path: string }) => boolean;

/** Connects to the real server of the run, else starts a sandbox. */
export function serverUnderTest(options: { rbac?: boolean }): Promise<ServerUnderTest> {
  const real = sharedComponents();
  return real ? proxied(real.kube) : sandbox(options);
}

async function sandbox(options: { rbac?: boolean }): Promise<ServerUnderTest> {
  const engine = new KubeEngine({ now: Date.now, uuid: randomUUID, ...options });
  const server = await startKubeServer({ engine, bookmarkIntervalMs: 100 });
  const { faults } = server;
  return {
    url: server.url,
    compact: async () => engine.compact(),
    faults: {
      failNext: (matches, code, reason) => void faults.inject({ matches, fault: { type: 'status', code, reason } }),
      dropNext: (matches) => void faults.inject({ matches, fault: { type: 'drop' } }),
      loseNextAnswer: (matches) => void faults.inject({ matches, fault: { type: 'drop-answer' } }),
      cutWatches: () => faults.cutWatches(),
      freezeWatches: () => faults.freezeWatches(),
    },
    close: () => server.close(),
  };
}

async function proxied({ url, ca, adminToken, etcdURL }: SharedComponents['kube']): Promise<ServerUnderTest> {
  const proxy = await startApiProxy({ url, ca, token: adminToken });
  return {
    url: proxy.url,
    compact: () => compactEtcd(etcdURL),
    faults: {
      failNext(matches, code, reason) {
        const body = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason };
        proxy.answer({ status: code, body }, matches, 1);
      },
      dropNext: (matches) => proxy.drop(matches, 1),
      loseNextAnswer: (matches) => proxy.loseAnswers(matches, 1),
      cutWatches: () => proxy.cut(watches),
      freezeWatches: () => proxy.freezeOpen(watches),
    },
    close: () => proxy.close(),
  };
}
