import type { ApioEngine } from '../../../sandbox/apio/engine/apio-engine.ts';
import type { ApioKey } from '../../../sandbox/apio/engine/types.ts';

/** Every key that was issued to an organization, in the order of issue; what people handed out to manage keys is none. */
export function issuedKeys({ keys }: Pick<ApioEngine, 'keys'>, organization: string): readonly ApioKey[] {
  return keys.filter((key) => key.organization === organization && !key.manager);
}

/** Those of them that are alive now. */
export function liveKeys(apio: Pick<ApioEngine, 'keys' | 'statusOf'>, organization: string): readonly ApioKey[] {
  return issuedKeys(apio, organization).filter((key) => apio.statusOf(key) === 'active');
}
