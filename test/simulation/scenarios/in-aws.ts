import { emergencyOld, rollBack } from './requests.ts';
import { requested, severalTargets } from './rotating.ts';
import type { Scenario } from './scenario.ts';

/**
 * In Secrets Manager a publication is a version that nobody is served yet, and the move of a label, with looks before, between and
 * after: each a call that can go wrong.
 */
export const inAws: readonly Scenario[] = [requested, severalTargets, rollBack, emergencyOld].map((scenario) => ({
  ...scenario,
  name: `${scenario.name}-in-aws`,
  says: `${scenario.says}; with Secrets Manager`,
  issuers: ['replay-id'],
  stores: ['AWSSecretsManager'],
}));
