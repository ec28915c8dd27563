import type { ClusterApiKeyIssuer } from '../../api/types.ts';
import { forNamespace, isForNamespace, matchesPattern } from './pattern.ts';

/** Lets rotations of some namespaces have some keys. */
export type IssuerGrant = NonNullable<ClusterApiKeyIssuer['spec']['grants']>[number];

/** The key that a rotation asks for, or that an issue call would make. */
export interface WantedKey {
  readonly namespace: string;
  readonly environment: string;
  readonly permissions: readonly string[];
  readonly organization?: string | undefined;
  readonly parameters?: Readonly<Record<string, string>> | undefined;
}

/** What of a key is not granted: the field of a rotation, its value (undefined where it lacks one), and what a grant says of it. */
export interface Lack {
  readonly field: string;
  readonly value: string | undefined;
  readonly member: 'environments' | 'organizations' | 'permissions' | 'parameters' | 'namespaces';
}

export type IssuerVerdict =
  | { readonly type: 'Granted'; readonly grant: IssuerGrant }
  | { readonly type: 'Denied'; readonly lack: Lack };

/** Whether one grant covers all of the key. Otherwise what is missing in the grant of this namespace that comes furthest. */
export function judgeKey(grants: readonly IssuerGrant[], wanted: WantedKey): IssuerVerdict {
  let nearest: { readonly passed: number; readonly lack: Lack } | undefined;
  for (const grant of grants) {
    if (!isForNamespace(grant, wanted.namespace)) continue;
    const lacks = CHECKS.map((check) => check(grant, wanted));
    const passed = lacks.findIndex((lack) => lack !== undefined);
    const lack = lacks[passed];
    if (!lack) return { type: 'Granted', grant };
    if (!nearest || passed > nearest.passed) nearest = { passed, lack };
  }
  const stranger: Lack = { field: 'spec.issuerRef', value: wanted.namespace, member: 'namespaces' };
  return { type: 'Denied', lack: nearest?.lack ?? stranger };
}

type Check = (grant: IssuerGrant, wanted: WantedKey) => Lack | undefined;

const CHECKS: readonly Check[] = [
  ({ environments }, { namespace, environment }) =>
    lackUnless(isCovered(environments, environment, namespace), 'environment', environment, 'environments'),
  ({ organizations = [] }, { namespace, organization }) => {
    const isFree = organization === undefined && organizations.length === 0;
    const isGranted = isFree || (organization !== undefined && isCovered(organizations, organization, namespace));
    return lackUnless(isGranted, 'organization', organization, 'organizations');
  },
  ({ permissions }, { namespace, permissions: asked }) => {
    const refused = asked.find((permission) => !isCovered(permissions, permission, namespace));
    return lackUnless(refused === undefined, 'permissions', refused, 'permissions');
  },
  ({ parameters: granted = {} }, { namespace, parameters = {} }) => {
    const names = [...new Set([...Object.keys(parameters), ...Object.keys(granted)])];
    const refused = names.find((name) => {
      const [pattern, value] = [own(granted, name), own(parameters, name)];
      return pattern === undefined || value === undefined || !isCovered([pattern], value, namespace);
    });
    const value = refused === undefined ? undefined : own(parameters, refused);
    return lackUnless(refused === undefined, `parameters.${refused}`, value, 'parameters');
  },
];

function lackUnless(isGranted: boolean, field: string, value: string | undefined, member: Lack['member']) {
  return isGranted ? undefined : { field: `spec.key.${field}`, value, member };
}

function isCovered(patterns: readonly string[], text: string, namespace: string): boolean {
  return patterns.some((pattern) => matchesPattern(forNamespace(pattern, namespace), text));
}

function own(record: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
