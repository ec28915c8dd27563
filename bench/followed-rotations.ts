import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Agent, request } from 'undici';
import type { ControlPlane } from '../test/e2e/components/control-plane.ts';
import type { Rotation } from '../test/e2e/world/tenant.ts';

/** All rotations of a plane, as the API server tells of them. */
export interface FollowedRotations {
  /** Calls `handler` at each change from now on; returns how to stop it. */
  onChange(handler: (rotation: Rotation) => void): () => void;
  close(): Promise<void>;
}

const PATH = '/apis/apikeyrotation.io/v1alpha1/apikeyrotations';

/** One watch for everybody who waits, from the present state on. It lives as long as a bench does, and is not made anew. */
export async function followRotations(plane: ControlPlane): Promise<FollowedRotations> {
  const { body } = await plane.request('GET', `${PATH}?limit=1`);
  const { resourceVersion } = (body as { metadata: { resourceVersion: string } }).metadata;
  const dispatcher = new Agent({ connect: { ca: plane.ca }, bodyTimeout: 0 });
  const answer = await request(`${plane.url}${PATH}?watch=1&timeoutSeconds=7200&resourceVersion=${resourceVersion}`, {
    dispatcher,
    headers: { authorization: `Bearer ${plane.adminToken}` },
  });
  const handlers = new Set<(rotation: Rotation) => void>();
  const ended = tell(answer.body, handlers).catch(() => undefined);
  return {
    onChange(handler) {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
    async close() {
      await dispatcher.destroy();
      await ended;
    },
  };
}

/** Until the watch ends, which it does with an error where we end it. */
async function tell(body: Readable, handlers: ReadonlySet<(rotation: Rotation) => void>): Promise<void> {
  for await (const line of createInterface(body)) {
    const { object } = JSON.parse(line) as { readonly object: Rotation };
    for (const handler of handlers) handler(object);
  }
}
