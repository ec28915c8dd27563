import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { CallError } from '../http/call-error.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Entropy } from '../runtime/entropy.ts';
import type { KubeConnection } from '../runtime/kube/connection.ts';
import { createHttpKubeApi } from '../runtime/kube/http-kube-api.ts';
import type { ServerTime } from '../runtime/kube/server-time.ts';
import { createTransport } from '../runtime/kube/transport.ts';
import { createElector, type Elector, leaseProblem } from '../runtime/leader-election/elector.ts';
import { alwaysLeading } from '../runtime/leader-election/leadership.ts';
import { TIMING } from '../runtime/leader-election/timing.ts';
import type { Log } from '../runtime/log.ts';
import { FlagError, type Flags } from './flags.ts';

export interface ElectionDeps {
  readonly flags: Pick<Flags, 'leaderElect' | 'leaderElectionNamespace' | 'namespaces'>;
  readonly connection: KubeConnection;
  readonly clock: Clock;
  readonly serverTime: ServerTime;
  readonly entropy: Entropy;
  readonly log: Log;
}

/** Replicas that watch the same elect one; operators of different namespaces do not stand in each other's way. */
function leaseName(watched: readonly string[]): string {
  const [one] = watched;
  if (one === undefined) return 'apikey-rotation-operator';
  // A name has room for four namespaces at most.
  const which =
    watched.length === 1 ? one : createHash('sha256').update(watched.toSorted().join()).digest('hex').slice(0, 16);
  return `apikey-rotation-operator-${which}`;
}

/** The election that the flags ask for; throws FlagError where its Lease cannot be used. */
export async function prepareElection(deps: ElectionDeps): Promise<Elector> {
  const { flags, connection, clock, serverTime, entropy, log } = deps;
  if (!flags.leaderElect) return { ...alwaysLeading, look: async () => {}, start() {}, stop: async () => {} };
  const namespace = flags.leaderElectionNamespace ?? connection.namespace;
  if (!namespace) {
    const why = 'the connection to Kubernetes names no namespace for the Lease that replicas elect their leader by';
    throw new FlagError(
      `${why}; name one with --leader-election-namespace, or run one replica with --leader-elect=false`,
    );
  }
  // Connections of its own: a renewal must not wait behind other calls.
  const transport = createTransport({ connection, clock, serverTime, timeoutMs: TIMING.callTimeout });
  const kube = createHttpKubeApi(transport, entropy);
  const lease = { namespace, name: leaseName(flags.namespaces) };
  const elector = createElector({ kube, clock, entropy, log, lease, identity: `${hostname()}_${entropy.uuid()}` });
  await elector.look().catch((error: unknown) => {
    if (!(error instanceof CallError && error.outcome === 'denied')) return;
    throw new FlagError(leaseProblem(error, namespace));
  });
  return {
    ...elector,
    async stop() {
      await elector.stop();
      await transport.close();
    },
  };
}
