/** One place of `src/` that a mutant changes. `from` stands there exactly once, else the mutant is stale. */
export interface Edit {
  /** Path from the top of the repository. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** What must notice a mutant: an invariant, in a plan that is known to show it; or a test, where no simulation comes. */
export type Guard =
  | { readonly invariant: string; readonly plan: string }
  | { readonly test: string; readonly name: string };

/** A known bug, put into the code on purpose: whoever guards against it must see it. */
export interface Mutant {
  /** `M1`…`M40` as in the list of known bugs, `C`, `W`, `R` for the rules of the protocol, `RO1`… for workloads that restart, `D1`… for drift, `AW1`… for Secrets Manager, `P1`… for people who issue keys, `X1`… for what else must be seen. */
  readonly id: string;
  /** One sentence that says the bug. */
  readonly says: string;
  readonly edits: readonly Edit[];
  readonly guard: Guard;
}

/** The text of a file with the bug in it. Throws where the mutant is stale. */
export function mutate({ id, edits }: Mutant, file: string, text: string): string {
  return edits.filter((edit) => edit.file === file).reduce((mutated, edit) => replaceOnce(id, edit, mutated), text);
}

function replaceOnce(id: string, { file, from, to }: Edit, text: string): string {
  const found = text.split(from).length - 1;
  if (found === 1) return text.replace(from, () => to);
  throw new Error(`mutant ${id} is stale: its text stands ${found} times in ${file}`);
}
