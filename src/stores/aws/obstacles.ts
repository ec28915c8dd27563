import { CallError } from '../../http/call-error.ts';
import type { Obstacle } from './secrets-client.ts';

const OBSTACLES = {
  Deleted: {
    reason: 'AWSSecretDeleted',
    problem: 'is scheduled for deletion, and never restored by us',
    remedy: (name) => `run: aws secretsmanager restore-secret --secret-id ${name}; or choose another path`,
  },
  Rotated: {
    reason: 'AWSSecretRotated',
    problem: 'is rotated by Secrets Manager itself, and two rotators would undo each other',
    remedy: (name) => `run: aws secretsmanager cancel-rotate-secret --secret-id ${name}; or choose another path`,
  },
  Managed: {
    reason: 'AWSSecretManaged',
    problem: 'is managed by another AWS service',
    remedy: () => 'choose another path',
  },
  Replica: {
    reason: 'AWSSecretReplica',
    problem: 'is a replica, which cannot be written',
    remedy: () => 'name a store of its primary region, from where it is copied, or choose another path',
  },
} as const satisfies Record<
  Obstacle,
  { readonly reason: string; readonly problem: string; readonly remedy: (name: string) => string }
>;

/** Why a secret cannot be a target, and what helps. */
export function errorOfObstacle(obstacle: Obstacle, name: string): CallError {
  const { reason, problem, remedy } = OBSTACLES[obstacle];
  return new CallError('refused', reason, `secret ${name} ${problem}; ${remedy(name)}`);
}
