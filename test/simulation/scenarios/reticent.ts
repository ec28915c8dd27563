import { driftRepaired } from './drifting.ts';
import { restoredStatus } from './outside-world.ts';
import { emergencyNew, rollBack } from './requests.ts';
import { requested } from './rotating.ts';
import type { Scenario } from './scenario.ts';

/**
 * Grafana, Datadog, OpenAI: a key that works may be anybody's. What status recorded with its fingerprint is all that tells, and it is
 * forgotten by a restore and unknown after a crash between publication and status.
 */
export const reticents: readonly Scenario[] = [requested, rollBack, emergencyNew, driftRepaired, restoredStatus].map(
  (scenario) => ({
    ...scenario,
    name: `${scenario.name}-reticent`,
    says: `${scenario.says}; the issuer accepts keys without saying which they are`,
    issuers: scenario === requested ? ['reticent', 'reticent-unlisted'] : ['reticent'],
  }),
);
