import type { Item } from '../case.ts';
import { item01 } from './item-01-versions.ts';
import { item03 } from './item-03-create.ts';
import { item18 } from './item-18-leases.ts';

/** The corpus, by item of the checklist. */
export const items: readonly Item[] = [item01, item03, item18];
