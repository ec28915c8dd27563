import type { Clock } from '../runtime/clock.ts';
import type { KubeApi } from '../runtime/kube/kube-api.ts';
import type { ServerTime } from '../runtime/kube/server-time.ts';
import type { ExitCode } from './exit.ts';
import type { Output } from './output/output.ts';
import type { SecretInput } from './secret-input.ts';

/** How a flag of a command is given; `hint` is how its value is called in help. */
export interface FlagDeclaration {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly hint?: string;
  readonly help: string;
}

/** The words and flags that a command was called with. */
export interface Invocation {
  readonly words: readonly string[];
  text(flag: string): string | undefined;
  has(flag: string): boolean;
}

/** What a command works with. */
export interface Session {
  readonly kube: KubeApi;
  readonly serverTime: ServerTime;
  readonly clock: Clock;
  /** Of --namespace, the context, or `default`. */
  readonly namespace: string;
  /** -A was given. */
  readonly allNamespaces: boolean;
  readonly output: Output;
  readonly secretInput: SecretInput;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** One command of the plugin. */
export interface Command {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** What follows the name, as `NAME [KEYID]`: capitals are words, those in brackets may be left out. */
  readonly words: string;
  readonly flags: Readonly<Record<string, FlagDeclaration>>;
  run(invocation: Invocation, session: Session): Promise<ExitCode>;
}
