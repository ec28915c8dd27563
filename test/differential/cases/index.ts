import type { Item } from '../case.ts';
import { item01 } from './item-01-versions.ts';
import { item03 } from './item-03-create.ts';
import { item18 } from './item-18-leases.ts';
import { item19 } from './item-19-discovery.ts';
import { item20 } from './item-20-tables.ts';
import { item21 } from './item-21-pages.ts';
import { item22 } from './item-22-open-api.ts';
import { item23 } from './item-23-patches.ts';
import { item24 } from './item-24-apply.ts';
import { item25 } from './item-25-options.ts';
import { item26 } from './item-26-selectors.ts';
import { item27 } from './item-27-deletion.ts';
import { item28 } from './item-28-namespaces.ts';
import { item29 } from './item-29-data.ts';

/** The corpus, by item of the checklist. */
export const items: readonly Item[] = [
  item01,
  item03,
  item18,
  item19,
  item20,
  item21,
  item22,
  item23,
  item24,
  item25,
  item26,
  item27,
  item28,
  item29,
];
