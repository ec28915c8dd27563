import { MONITORING } from './monitoring.ts';
import { NETWORK } from './network.ts';
import { PODS } from './pod.ts';
import { RELEASE } from './release.ts';
import { REPORTS } from './reports.ts';
import { RIGHTS } from './rights.ts';
import type { Rows } from './row.ts';

/** A row for each value. */
export const ROWS: Rows = { ...RELEASE, ...PODS, ...RIGHTS, ...REPORTS, ...MONITORING, ...NETWORK };
