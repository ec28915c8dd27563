import { describe, expect, it } from 'vitest';
import type { ApiKeyRotation } from '../../../src/api/types.ts';
import type { Session } from '../../../src/cli/command.ts';
import { createOutput } from '../../../src/cli/output/output.ts';
import { type Answer, ask, conclude, type Request } from '../../../src/cli/request/ask.ts';
import { followRotations } from '../../../src/cli/rotations.ts';
import { CallError } from '../../../src/http/call-error.ts';
import type { KubeApi, WatchEvent } from '../../../src/runtime/kube/kube-api.ts';
import { createServerTime } from '../../../src/runtime/kube/server-time.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';

const clock = new VirtualClock();
const CONFLICT = new CallError('conflict', 'Conflict', 'changed meanwhile', { status: 409 });
const GONE = new CallError('refused', 'Expired', 'too old', { status: 410 });
const AWAY = new CallError('unavailable', 'ConnectionFailed', 'away');

function rotation(resourceVersion: number, revision: number): ApiKeyRotation {
  const metadata = { name: 'apio', namespace: 'payments', uid: 'u', resourceVersion: String(resourceVersion) };
  return { metadata, spec: {} as ApiKeyRotation['spec'], status: { revision } };
}

const unused = () => Promise.reject(new Error('nobody calls it here'));
const NOBODY: KubeApi = {
  get: unused,
  list: unused,
  create: unused,
  createSubresource: unused,
  replace: unused,
  mergePatch: unused,
  delete: unused,
  async *watch() {},
};

function sessionWith(kube: Partial<KubeApi>): Session {
  return {
    kube: { ...NOBODY, ...kube },
    clock,
    serverTime: createServerTime(clock),
    namespace: 'payments',
    allNamespaces: false,
    output: createOutput('text', { write: () => {}, writeAside: () => {}, isTerminal: false, environment: {} }),
    secretInput: { read: unused },
    signal: new AbortController().signal,
  };
}

/** Kubernetes where each write meets a change, until there is none left. */
function contended(changes: number) {
  const patches: unknown[] = [];
  let version = 1;
  const kube: Partial<KubeApi> = {
    get: async <T>() => rotation(version, version) as T,
    mergePatch: async <T>(_ref: unknown, patch: object) => {
      patches.push(patch);
      if (patches.length > changes) return rotation(version, version) as T;
      version += 1;
      throw CONFLICT;
    },
  };
  return { kube, patches };
}

const guarded: Request = {
  isGuarded: true,
  asked: 'asked',
  patch: ({ status }) => ({ metadata: { annotations: { revision: String(status?.revision) } } }),
  answer: () => undefined,
};
const PATIENCE = { waits: false, timeoutMs: 1 };

describe('a request that holds for one state only', () => {
  it('is sent with the version that it was made from, and made anew when that has changed', async () => {
    const { kube, patches } = contended(2);
    await ask(sessionWith(kube), 'apio', guarded, PATIENCE);
    expect(patches).toEqual(
      [1, 2, 3].map((at) => ({ metadata: { annotations: { revision: `${at}` }, resourceVersion: `${at}` } })),
    );
  });

  it('is given up where the object never stands still', async () => {
    const { kube, patches } = contended(100);
    await expect(ask(sessionWith(kube), 'apio', guarded, PATIENCE)).rejects.toBe(CONFLICT);
    expect(patches).toHaveLength(5);
  });

  it('and one that always holds is sent without', async () => {
    const { kube, patches } = contended(0);
    await ask(sessionWith(kube), 'apio', { ...guarded, isGuarded: false }, PATIENCE);
    expect(patches).toEqual([{ metadata: { annotations: { revision: '1' } } }]);
  });
});

describe('a refusal', () => {
  const refused = (message: string): Answer => ({ type: 'Refused', message });
  /** Asked at revision 1, where `answers[0]` stood; then it stands at each of the others in turn. */
  async function concluded(...answers: readonly Answer[]) {
    const kube: Partial<KubeApi> = {
      list: async <T>() => ({ items: [rotation(1, 1) as T], resourceVersion: '1' }),
      async *watch<T>(_query: unknown, signal: AbortSignal): AsyncGenerator<WatchEvent<T>> {
        for (const [at] of answers.entries()) yield { type: 'MODIFIED', object: rotation(at + 1, at + 1) as T };
        await new Promise((_resolve, reject) => signal.addEventListener('abort', reject, { once: true }));
      },
    };
    const awaited = { asked: 'asked', answer: ({ status }: ApiKeyRotation) => answers[(status?.revision ?? 0) - 1] };
    const ended = conclude(sessionWith(kube), rotation(1, 1), awaited, { waits: true, timeoutMs: 60_000 }).catch(
      (error: unknown) => error,
    );
    await clock.advance(60_000);
    return ended;
  }

  it('that stood there before it was asked is none, until another takes its place', async () => {
    expect(await concluded(refused('old'), { type: 'Taken', message: 'good' })).toBe(0);
    expect(await concluded(refused('old'), refused('new'))).toMatchObject({ exitCode: 3, message: 'new' });
  });

  it('that still stands there in the end is told as what it may be', async () => {
    expect(await concluded(refused('old'))).toMatchObject({
      exitCode: 6,
      message: expect.stringContaining('status says what it said before, of this one or of an earlier one: old'),
    });
  });
});

describe('whoever follows a rotation', () => {
  /** Lists and watches with these outcomes, in turn; the first list always works. */
  async function followed(lists: readonly (CallError | undefined)[], watches: readonly (CallError | undefined)[]) {
    const interrupted = new AbortController();
    const counts = { list: 0, watch: 0 };
    const kube: Pick<KubeApi, 'list' | 'watch'> = {
      async list<T>() {
        const outcome = lists[counts.list];
        counts.list += 1;
        if (outcome) throw outcome;
        return { items: [rotation(counts.list, counts.list) as T], resourceVersion: '1' };
      },
      async *watch<T>(): AsyncGenerator<WatchEvent<T>> {
        const outcome = watches[counts.watch];
        counts.watch += 1;
        if (outcome) throw outcome;
        interrupted.abort();
        yield { type: 'BOOKMARK', resourceVersion: '1' };
      },
    };
    const seen: (number | undefined)[] = [];
    const reading = (async () => {
      for await (const { object } of followRotations(
        { ...sessionWith(kube), clock },
        { namespace: 'payments' },
        interrupted.signal,
      )) {
        seen.push(object?.status?.revision);
      }
    })();
    const ended = reading.then(
      () => 'ended',
      (error: unknown) => error,
    );
    await clock.advance(60_000);
    return { seen, outcome: await ended };
  }

  it.each<[string, readonly (CallError | undefined)[], readonly (CallError | undefined)[], readonly number[]]>([
    ['lists again where the version is too old', [], [GONE], [1, 2]],
    ['lists again where the watch breaks off', [], [AWAY], [1, 2]],
    ['waits for an API server that is away', [undefined, AWAY, AWAY], [AWAY], [1, 4]],
  ])('%s', async (_name, lists, watches, expected) => {
    expect(await followed(lists, watches)).toEqual({ seen: expected, outcome: 'ended' });
  });

  it('is told at once where the first list fails', async () => {
    expect(await followed([AWAY], [])).toEqual({ seen: [], outcome: AWAY });
  });
});
