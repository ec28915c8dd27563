import { Agent, request } from 'undici';
import type { Rotation } from '../test/e2e/world/tenant.ts';
import type { FollowedRotations } from './followed-rotations.ts';
import type { Member } from './population.ts';

/** What came of one round. Times in milliseconds of this process' monotonic clock. */
export interface Round {
  /** When the first intent was seen. */
  readonly beganAt: number;
  /** When the last rotation was seen at its end. */
  readonly endedAt: number;
  /** When the last report was answered. */
  readonly lastAnswerAt: number;
  /** Answers other than 200, by status code. */
  readonly refused: Readonly<Record<string, number>>;
}

interface Progress {
  readonly member: Member;
  /** Of where it reports from. */
  readonly dispatcher: Agent;
  reportedFor?: string;
}

/**
 * Pods have addresses of their own, and what one may ask for with tokens that nobody knows yet is bounded. Of 127/8: Linux, which the
 * bench needs for /proc too, answers to all of it.
 */
const ADDRESSES = 50;
const CONNECTIONS_EACH = 2;

/** Where reports go, and what is waited for. */
export interface ReportingOptions {
  /** That all reach. */
  readonly revision: number;
  readonly reportsURL: string | Promise<string>;
  /** Called when the first intent is seen. */
  readonly onBegun?: () => void;
}

/** Acts as the consumers of all members: reports each key that is published from now on; resolves when all rest at `revision`. */
export async function reportUntilDone(
  followed: FollowedRotations,
  members: readonly Member[],
  { revision, reportsURL, onBegun = () => {} }: ReportingOptions,
): Promise<Round> {
  const dispatchers = Array.from(
    { length: ADDRESSES },
    (_, at) => new Agent({ connections: CONNECTIONS_EACH, localAddress: `127.0.1.${at + 1}` }),
  );
  const left = new Map<string, Progress>();
  for (const [at, member] of members.entries()) {
    const dispatcher = dispatchers[at % ADDRESSES];
    if (dispatcher) left.set(`${member.namespace}/${member.name}`, { member, dispatcher });
  }
  const refused: Record<string, number> = {};
  const finished = Promise.withResolvers<void>();
  let beganAt: number | undefined;
  let lastAnswerAt = Number.NaN;

  async function report(progress: Progress, fingerprint: string): Promise<void> {
    const { member, dispatcher } = progress;
    const { namespace, name, podToken } = member;
    const url = `${await reportsURL}/v1/namespaces/${namespace}/rotations/${name}/reports`;
    const headers = { authorization: `Bearer ${podToken}`, 'content-type': 'application/json' };
    const answer = await request(url, { dispatcher, method: 'POST', headers, body: JSON.stringify({ fingerprint }) });
    await answer.body.dump();
    if (answer.statusCode === 200) return;
    refused[answer.statusCode] = (refused[answer.statusCode] ?? 0) + 1;
    const seconds = Number(answer.headers['retry-after'] ?? 1);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
    await report(progress, fingerprint);
  }
  const stop = followed.onChange((rotation) => {
    const progress = left.get(`${rotation.metadata.namespace}/${rotation.metadata.name}`);
    if (!progress) return;
    if (beganAt === undefined && rotation.status?.rotation) {
      beganAt = performance.now();
      onBegun();
    }
    const published = publishedKey(rotation);
    if (published !== undefined && progress.reportedFor !== published) {
      progress.reportedFor = published;
      report(progress, published).then(() => {
        lastAnswerAt = performance.now();
      }, finished.reject);
    }
    if (rotation.status?.revision !== revision || rotation.status.rotation) return;
    left.delete(`${rotation.metadata.namespace}/${rotation.metadata.name}`);
    if (left.size === 0) finished.resolve();
  });
  await finished.promise;
  const endedAt = performance.now();
  stop();
  await Promise.all(dispatchers.map((dispatcher) => dispatcher.close()));
  return { beganAt: beganAt ?? endedAt, endedAt, lastAnswerAt, refused };
}

/** The fingerprint of the key that consumers are waited for; undefined while there is none. */
function publishedKey({ status }: Rotation): string | undefined {
  const { rotation } = status ?? {};
  return rotation?.publishedAt !== undefined && rotation.oldKey ? rotation.newKey?.fingerprint : undefined;
}
