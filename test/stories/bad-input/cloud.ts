import { randomUUID } from 'node:crypto';
import '@aws-sdk/client-secrets-manager';
import '@aws-sdk/client-sts';
import { AwsEngine } from '../../../sandbox/aws/engine/aws-engine.ts';
import { NAMESPACE } from '../world/places.ts';
import { serveAws } from './network.ts';
import type { Newcomer } from './newcomer.ts';

/** The role at AWS, and the ServiceAccount that it trusts. */
export const ROLE = 'keys';
export const SUBJECT = `system:serviceaccount:${NAMESPACE}:api`;
/** What the docs ask for. */
export const ACTIONS = [
  'CreateSecret',
  'DescribeSecret',
  'GetSecretValue',
  'PutSecretValue',
  'UpdateSecretVersionStage',
];

/** Secrets Manager as a newcomer finds it, and an access key that may do what the docs ask for. */
export interface Cloud {
  readonly engine: AwsEngine;
  readonly credential: Record<string, string>;
  /** What the access key may reach: secrets whose name begins so. */
  prefix: string;
}

const clouds = new WeakMap<Newcomer, Cloud>();

/** The story's Secrets Manager, made when it is first asked for. */
export function cloudOf(newcomer: Newcomer): Cloud {
  const known = clouds.get(newcomer);
  if (known) return known;
  const { clock } = newcomer.world;
  const reviewToken = () => ({ subject: SUBJECT });
  const engine = new AwsEngine({ now: () => clock.now(), uuid: randomUUID, random: () => 0, reviewToken });
  const permissions = () => [{ actions: ACTIONS, prefix: cloud.prefix }];
  const { id, secret } = engine.identities.createUser('keys', permissions);
  engine.identities.setRole(ROLE, { subject: SUBJECT, audience: 'sts.amazonaws.com', permissions });
  const cloud: Cloud = { engine, credential: { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret }, prefix: '' };
  clouds.set(newcomer, cloud);
  serveAws(newcomer.network, engine);
  return cloud;
}
