import type { Plan } from '../../../api/types.ts';
import { CallError } from '../../../http/call-error.ts';
import type { Facts } from '../../../rotation/facts.ts';

/** The plan that runs, or the one that would; throws CallError where the spec leads nowhere. */
export function planOf({ object, references }: Facts): Plan {
  const plan = object.status?.rotation?.plan ?? (references.type === 'Resolved' ? references.plan : undefined);
  if (plan) return plan;
  throw unresolved(references);
}

/** The error of a look that needs what the spec does not lead to. */
export function unresolved(references: Facts['references']): CallError {
  const why = references.type === 'Unresolved' ? references.message : 'nothing is planned';
  return new CallError('unavailable', 'ReferencesUnresolved', why);
}

/** Where everything of the object is. */
export function namespaceOf({ object }: Facts): string {
  return object.metadata.namespace ?? '';
}
