interface Received {
  readonly metadata?: { readonly managedFields?: unknown };
}

/**
 * What goes on from here of an object that was received: managedFields are often larger than the rest of it, nobody here reads them, and a
 * write that carries none leaves them as they are.
 */
export function withoutManagedFields<T extends object>(object: T): T {
  const received: Received = object;
  if (received.metadata?.managedFields === undefined) return object;
  const { managedFields, ...metadata } = received.metadata;
  return { ...object, metadata };
}
