import type { BadInput } from '../bad-input.ts';
import { CONSUMERS } from './consumers.ts';
import { ISSUERS } from './issuers.ts';
import { KEYS } from './keys.ts';
import { MANIFESTS } from './manifests.ts';
import { REFERENCES } from './references.ts';
import { REPORTS } from './reports.ts';
import { REQUESTS } from './requests.ts';
import { STORES } from './stores.ts';
import { TARGET_VALUES } from './targets.ts';

/** What newcomers do wrong, in the order in which they come to it. */
export const BAD_INPUTS: readonly BadInput[] = [
  ...MANIFESTS,
  ...REFERENCES,
  ...ISSUERS,
  ...STORES,
  ...TARGET_VALUES,
  ...KEYS,
  ...CONSUMERS,
  ...REPORTS,
  ...REQUESTS,
];
