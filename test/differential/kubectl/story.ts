/** One call of kubectl. */
export interface Command {
  /** Its arguments, split at blanks outside of single quotes. */
  readonly run: string;
  /** What `-f -` reads. */
  readonly input?: string;
  /** What `edit` opens: a command that gets the file's name appended. */
  readonly editor?: string;
  /** Only these lines are compared, columns parted by one blank: a server of today has kinds that the sandbox has not. */
  readonly only?: RegExp;
  /** It watches: when `rows` lines are out, the next command of `meanwhile` is run; after all of them and `until` lines it is stopped. */
  readonly watch?: { readonly rows: number; readonly meanwhile: readonly string[]; readonly until: number };
}

/** Commands that build on each other, played in a namespace of their own. */
export interface Story {
  readonly name: string;
  /** Why controllers are needed: garbage collection, emptied namespaces. */
  readonly controllers?: boolean;
  readonly commands: readonly (string | Command)[];
}
