import { expect, test } from 'vitest';
import type { KubeApi, KubeObject } from '../../../src/runtime/kube/kube-api.ts';
import { secrets } from '../../../src/runtime/kube/resources.ts';
import { guardWrites } from '../../../src/runtime/leader-election/guarded-kube.ts';
import { alwaysLeading } from '../../../src/runtime/leader-election/leadership.ts';

const ref = { resource: secrets, namespace: 'ns', name: 'a' };
const body: KubeObject = { metadata: { name: 'a' } };

/** Answers everything, and tells what it was asked. */
function recordingKube(asked: string[]): KubeApi {
  const answer = (method: string) => async () => {
    asked.push(method);
    return body as never;
  };
  return {
    get: answer('get'),
    list: answer('list'),
    create: answer('create'),
    createSubresource: answer('createSubresource'),
    replace: answer('replace'),
    mergePatch: answer('mergePatch'),
    delete: answer('delete'),
    async *watch() {},
  };
}

const writes: [string, (kube: KubeApi) => Promise<unknown>][] = [
  ['create', (kube) => kube.create(secrets, 'ns', body)],
  ['createSubresource', (kube) => kube.createSubresource(ref, 'token', body)],
  ['replace', (kube) => kube.replace(ref, body)],
  ['mergePatch', (kube) => kube.mergePatch(ref, {})],
  ['delete', (kube) => kube.delete(ref)],
];

test.each(writes)('%s is made while this process leads, and not begun when it does not', async (name, write) => {
  const asked: string[] = [];
  let leads = true;
  const kube = guardWrites(recordingKube(asked), { holds: () => leads });
  await write(kube);
  expect(asked).toEqual([name]);
  leads = false;
  await expect(write(kube)).rejects.toMatchObject({ outcome: 'unavailable', reason: 'NotLeading' });
  expect(asked).toEqual([name]);
});

test('a question that is asked by creating something is asked always', async () => {
  const asked: string[] = [];
  const kube = guardWrites(recordingKube(asked), { holds: () => false });
  const reviews = { ...secrets, group: 'authorization.k8s.io', plural: 'selfsubjectaccessreviews' };
  await kube.create(reviews, undefined, body);
  expect(asked).toEqual(['create']);
});

test('reads are made always', async () => {
  const asked: string[] = [];
  const kube = guardWrites(recordingKube(asked), { holds: () => false });
  await kube.get(ref);
  await kube.list({ resource: secrets });
  expect(asked).toEqual(['get', 'list']);
});

test('without an election a process leads from the start', () => {
  const heard: boolean[] = [];
  alwaysLeading.onChange((leads) => heard.push(leads));
  expect([alwaysLeading.holds(), heard]).toEqual([true, [true]]);
});
