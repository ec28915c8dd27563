import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubeApi, KubeObject } from '../../src/runtime/kube/kube-api.ts';
import { admissionPolicies } from '../../src/runtime/kube/resources.ts';
import type { Outside } from './outside-calls.ts';

/** An object of config/report-policy.yaml, as the API server answers it. */
export type GuardObject = KubeObject & { readonly kind: string; readonly spec: Record<string, unknown> };

const FILE = join(import.meta.dirname, '../../config/report-policy.yaml');

/** The policy and its binding, as they are applied; `createdAt`: RFC 3339. */
export function reportPolicy(createdAt: string): { readonly policy: GuardObject; readonly binding: GuardObject } {
  const [policy, binding] = parseAllDocuments(readFileSync(FILE, 'utf8')).map((document) => {
    const { metadata, ...rest } = document.toJS();
    return { ...rest, metadata: { ...metadata, generation: 1, creationTimestamp: createdAt } } as GuardObject;
  });
  if (!policy || !binding) throw new Error('config/report-policy.yaml has a policy and its binding');
  return { policy, binding };
}

/** The same Kubernetes API, which has these admission policies too, by the plural of their kind. The engine of the sandbox knows none. */
export function withPolicies(api: KubeApi, outside: Outside, policies: ReadonlyMap<string, GuardObject>): KubeApi {
  const get = <T>(plural: string) => outside.call(`kube GET ${plural}`, () => policies.get(plural) as T | undefined);
  return {
    ...api,
    get: (ref) => (ref.resource.group === admissionPolicies.group ? get(ref.resource.plural) : api.get(ref)),
  };
}
