/** A set of permissions in one way of writing, fit for comparing and for messages: sorted, separated by blanks. */
export function permissionText(permissions: readonly string[] = []): string {
  return [...permissions].sort().join(' ');
}
