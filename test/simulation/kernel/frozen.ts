/**
 * A deep copy as it would go over the wire, that nobody can change: it may be handed out to all without copying it again. What is
 * frozen already is shared.
 */
export function frozen<T>(value: T): T;
export function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) return Object.freeze(value.map((item) => frozen(item)));
  const copy: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) if (member !== undefined) copy[name] = frozen(member);
  return Object.freeze(copy);
}
