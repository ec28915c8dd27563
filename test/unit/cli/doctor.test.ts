import { expect, it } from 'vitest';
import type { Session } from '../../../src/cli/command.ts';
import { doctor } from '../../../src/cli/commands/doctor.ts';
import { createOutput } from '../../../src/cli/output/output.ts';
import { CallError } from '../../../src/http/call-error.ts';
import type { KubeApi } from '../../../src/runtime/kube/kube-api.ts';
import { createServerTime } from '../../../src/runtime/kube/server-time.ts';
import { VirtualClock } from '../../doubles/virtual-clock.ts';

it('a doctor whom one call fails tells what the others have found', async () => {
  let text = '';
  const write = (more: string) => {
    text += more;
  };
  const clock = new VirtualClock();
  const away = () => Promise.reject(new CallError('unavailable', 'Unavailable', 'POST it: away', { status: 503 }));
  const kube = {
    get: async () => undefined,
    list: async () => ({ items: [], resourceVersion: '1' }),
    create: away,
  };
  const session = {
    kube: kube as Partial<KubeApi> as KubeApi,
    clock,
    serverTime: createServerTime(clock),
    namespace: 'payments',
    output: createOutput('text', { write, writeAside: write, isTerminal: false, environment: {} }),
  };
  const invocation = { words: [], text: () => undefined, has: () => false };
  expect(await doctor.run(invocation, session as Partial<Session> as Session)).toBe(5);
  expect(text).toContain('? access      the Kubernetes API: POST it: away\n');
  expect(text).toContain('✗ operator    Lease apikey-rotation-operator: there is none');
});
