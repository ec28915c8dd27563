import { parseAttemptId } from '../../../src/key/attempt-id.ts';
import { ROTATION, type Service } from '../world/service.ts';
import type { World } from '../world/world.ts';

/** How far a rotation had come, by what is durable: steps of the protocol, numbered as in the design. */
export const MOMENTS = [
  'before 1, nothing begun',
  'after 1, intent without a key',
  'after 2, key without a place',
  'after 4, stored without a record',
  'after 5, consumers waited for',
  'after 7, intent to revoke',
  'after 8, revoked without a record',
  'after 9, done',
] as const;

/** One of them. */
export type Moment = (typeof MOMENTS)[number];

/** Looks at status, issuing API and Vault while nobody works: how far the rotation asked for by `token` came. */
export async function momentOf({ apio }: World, { tenant }: Service, token: string): Promise<Moment> {
  const object = await tenant.rotation(ROTATION);
  const { rotation, lastHandled, revision, attempt } = object?.status ?? {};
  if (!rotation) return lastHandled?.rotate === token ? 'after 9, done' : 'before 1, nothing begun';
  if (rotation.revokeIntent) {
    const old = apio.keys.find(({ id }) => id === rotation.revokeIntent?.keyID);
    return old && apio.statusOf(old) === 'active' ? 'after 7, intent to revoke' : 'after 8, revoked without a record';
  }
  if (rotation.publishedAt) return 'after 5, consumers waited for';
  const issued = apio.keys.find(({ label }) => {
    const id = parseAttemptId(label);
    return id?.uid === object?.metadata.uid && id?.revision === revision && id?.attempt === attempt;
  });
  if (!issued) return 'after 1, intent without a key';
  const served = await tenant.served('api');
  return served?.data.API_KEY_ID === issued.id ? 'after 4, stored without a record' : 'after 2, key without a place';
}
