/** Where a target's value stands, whatever the target is called. */
interface Place {
  readonly address: string;
  readonly path: string;
}

/** Whether two targets are one place. */
export function samePlace(a: Place, b: Place): boolean {
  return a.address === b.address && a.path === b.path;
}
