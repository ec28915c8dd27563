/** An operator, `A`, and `A2` when it was started again; or `person`, `kube`, `issuer`, `store`, `pod`. */
export type Actor = string;

/** One row of a sequence diagram. */
export type Line =
  | {
      readonly type: 'Arrow';
      /** `Lost`: it never arrives; `Refused`: it arrives, and nothing comes of it. */
      readonly kind: 'Call' | 'Answer' | 'Lost' | 'LostAnswer' | 'Refused';
      readonly from: Actor;
      readonly to: Actor;
      readonly text: string;
    }
  | { readonly type: 'Note'; readonly over: readonly Actor[]; readonly text: string };

export function arrow(kind: Extract<Line, { type: 'Arrow' }>['kind'], from: Actor, to: Actor, text: string): Line {
  return { type: 'Arrow', kind, from, to, text };
}

export function note(over: readonly Actor[], text: string): Line {
  return { type: 'Note', over, text };
}
