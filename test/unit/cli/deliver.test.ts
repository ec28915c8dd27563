import { describe, expect, it } from 'vitest';
import type { ApiKeyRotation } from '../../../src/api/types.ts';
import type { Session } from '../../../src/cli/command.ts';
import { deliver } from '../../../src/cli/commands/deliver.ts';
import { createOutput } from '../../../src/cli/output/output.ts';
import { CallError } from '../../../src/http/call-error.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import type { KubeApi } from '../../../src/runtime/kube/kube-api.ts';

const KEY = 'sk_live_0123456789abcdefghij';
const FORBIDDEN = new CallError('denied', 'Forbidden', 'POST Secret payments/apio-delivered-key: not you', {
  status: 403,
});

function asking(secretName?: string): ApiKeyRotation {
  const request = secretName && { text: 'a key, please', since: '2030-01-01T00:00:00Z', secretName };
  const metadata = { name: 'apio', namespace: 'payments', uid: 'u' };
  return { metadata, spec: {}, status: { rotation: { request } } } as unknown as ApiKeyRotation;
}

/** Delivers where the rotation is as `seen` says at each look; answers what was created, and why it ended. */
async function delivered(...seen: readonly ApiKeyRotation[]) {
  const created: unknown[] = [];
  const looks = seen.values();
  const kube = {
    get: async () => looks.next().value,
    create: async (_resource: unknown, _namespace: unknown, body: unknown) => {
      created.push(body);
      throw FORBIDDEN;
    },
  };
  const streams = { write: () => {}, writeAside: () => {}, isTerminal: false, environment: {} };
  const session = {
    kube: kube as Partial<KubeApi> as KubeApi,
    namespace: 'payments',
    output: createOutput('text', streams),
    secretInput: { read: async () => new SecretValue(KEY) },
  };
  const invocation = {
    words: ['apio'],
    text: (flag: string) => (flag === 'key-id' ? 'key_b2' : undefined),
    has: () => false,
  };
  const ended = await deliver.run(invocation, session as Partial<Session> as Session).catch((error: Error) => error);
  return { created, ended };
}

describe('a key that is delivered', () => {
  it('and that the API server refuses is still in hand, which is told with what is missing', async () => {
    const asked = asking('apio-delivered-key');
    const { ended } = await delivered(asked, asked);
    expect(ended).toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(
        /kubectl auth can-i create secrets -n payments.* policy apikeyrotation-deliveries .*Nothing was written\..* key key_b2, or have it revoked/,
      ),
    });
    expect(String(ended)).not.toContain(KEY);
  });

  it('is not written where nobody asks for it any more when it has been typed', async () => {
    const { created, ended } = await delivered(asking('apio-delivered-key'), asking());
    expect(ended).toMatchObject({ exitCode: 3, message: expect.stringContaining('nobody has asked for a key') });
    expect(created).toEqual([]);
  });

  it('goes nowhere but where the operator looks, whatever status says', async () => {
    const { created, ended } = await delivered(asking('of-somebody-else'));
    expect(ended).toMatchObject({ exitCode: 3, message: expect.stringContaining('somebody else has written it') });
    expect(created).toEqual([]);
  });
});
