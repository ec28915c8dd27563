/** What the API server's authorizer is asked about. */
export interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly name?: string;
}

/** A right, and the value of the chart that gives it. */
export interface NeededRight {
  readonly right: Right;
  readonly value: string;
}

/** As `get secrets apio`. */
export function textOf({ verb, resource, subresource, name }: Right): string {
  return `${verb} ${resource}${subresource ? `/${subresource}` : ''}${name ? ` ${name}` : ''}`;
}

/** On Secrets of the namespace; without a name on all of them. */
export function secret(verb: string, name?: string): Right {
  return { verb, group: '', resource: 'secrets', ...(name !== undefined && { name }) };
}
