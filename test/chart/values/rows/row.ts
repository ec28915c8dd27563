import { expect } from 'vitest';
import { OPERATOR } from '../../../integration/documented-roles.ts';
import type { Values } from '../../helm.ts';

/** A value of the chart, and what it changes. */
export interface Row {
  /** What it does, as a sentence about the value. */
  readonly says: string;
  readonly set: unknown;
  /** Where to look, as `Manifest.at` takes it. */
  readonly see: string;
  /** What is there then, and was not without; `undefined` where it is gone. */
  readonly is: unknown;
  /** It goes with no other row, or only with these values. */
  readonly alone?: Values;
}

/** By the path of the value in values.yaml. */
export type Rows = Readonly<Record<string, Row>>;

/** The name of the documented release, and so of its objects. */
export const NAME = OPERATOR.name;
export const DEPLOYMENT = `Deployment ${NAME}: spec`;
export const POD = `${DEPLOYMENT}.template.spec`;
export const CONTAINER = `${POD}.containers.0`;
export const ARGS = `${CONTAINER}.args`;

/** A list with these in it. */
export const has = (...wanted: readonly unknown[]) => expect.arrayContaining([...wanted]);
