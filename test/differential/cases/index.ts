import type { Item } from '../case.ts';
import { item01 } from './item-01-versions.ts';
import { item02 } from './item-02-conflicts.ts';
import { item03 } from './item-03-create.ts';
import { item04 } from './item-04-generation.ts';
import { item05 } from './item-05-status.ts';
import { item06 } from './item-06-deletion.ts';
import { item07 } from './item-07-watch-lines.ts';
import { item08 } from './item-08-watch-start.ts';
import { item09 } from './item-09-expired.ts';
import { item10 } from './item-10-reconnect.ts';
import { item11 } from './item-11-watch-selectors.ts';
import { item12 } from './item-12-refusals.ts';
import { item13 } from './item-13-schema.ts';
import { item14 } from './item-14-cel.ts';
import { item15 } from './item-15-dialect.ts';
import { item16 } from './item-16-metadata.ts';
import { item17 } from './item-17-identity.ts';
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
  item02,
  item03,
  item04,
  item05,
  item06,
  item07,
  item08,
  item09,
  item10,
  item11,
  item12,
  item13,
  item14,
  item15,
  item16,
  item17,
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
