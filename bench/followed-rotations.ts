import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Rotation } from '../test/e2e/world/tenant.ts';
import type { Ground } from './ground.ts';

/** All rotations of a plane, as the API server tells of them. */
export interface FollowedRotations {
  /** Calls `handler` at each change from now on; returns how to stop it. */
  onChange(handler: (rotation: Rotation) => void): () => void;
  close(): Promise<void>;
}

const RETRY_MS = 100;
const PATH = '/apis/apikeyrotation.io/v1alpha1/apikeyrotations';

/** One watch for everybody who waits, from the present state on. */
export async function followRotations(plane: Ground['plane']): Promise<FollowedRotations> {
  const { body } = await plane.request('GET', `${PATH}?limit=1`);
  let { resourceVersion } = (body as { metadata: { resourceVersion: string } }).metadata;
  const dispatcher = new Agent({ connect: { ca: plane.ca }, bodyTimeout: 0 });
  const headers = { authorization: `Bearer ${plane.adminToken}` };
  const handlers = new Set<(rotation: Rotation) => void>();
  let closed = false;
  let failure: Error | undefined;

  async function watch(): Promise<void> {
    const answer = await request(`${plane.url}${PATH}?watch=1&resourceVersion=${resourceVersion}`, {
      dispatcher,
      headers,
    });
    for await (const line of createInterface(answer.body)) {
      const { type, object } = JSON.parse(line) as { readonly type: string; readonly object: Rotation };
      if (type === 'ERROR') {
        failure = new Error(`the API server ended the watch of rotations: ${line}`);
        return;
      }
      resourceVersion = object.metadata.resourceVersion ?? resourceVersion;
      for (const handler of handlers) handler(object);
    }
  }

  /** The API server ends the watch of a slow reader, and drops connections while it takes up our kinds. */
  async function watchAgain(): Promise<void> {
    while (!closed && !failure) await watch().catch(() => pause(RETRY_MS));
    if (failure) throw failure;
  }
  const ended = watchAgain();
  return {
    onChange(handler) {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
    async close() {
      closed = true;
      await dispatcher.destroy();
      await ended;
    },
  };
}
