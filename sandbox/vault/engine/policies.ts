/** What a token may do at a path, as in Vault's policy language. */
export type Capability = 'create' | 'read' | 'update' | 'delete' | 'list' | 'deny';

/** One `path` stanza: a path of which `+` stands for one segment, and a final `*` for anything. */
export interface PolicyRule {
  readonly path: string;
  readonly capabilities: readonly Capability[];
}

/** The policy that may do everything. */
export const ROOT_POLICY = 'root';

/** The policy that every token but root's has unless it is refused: with it a token may ask about itself, and renew itself. */
export const DEFAULT_POLICY = 'default';

/** Named policies and the question what a token with some of them may do. */
export class Policies {
  readonly #rules = new Map<string, readonly PolicyRule[]>();

  /** Adds or replaces a policy. */
  set(name: string, rules: readonly PolicyRule[]): void {
    this.#rules.set(name, rules);
  }

  allows(policies: readonly string[], capability: Capability, path: string): boolean {
    if (policies.includes(ROOT_POLICY)) return true;
    const granted = this.#mostSpecific(policies, path).flatMap((rule) => rule.capabilities);
    return granted.includes(capability) && !granted.includes('deny');
  }

  /** Whether the policies grant anything at or below `prefix`. */
  reaches(policies: readonly string[], prefix: string): boolean {
    return policies.includes(ROOT_POLICY) || this.#of(policies).some((rule) => rule.path.startsWith(prefix));
  }

  #mostSpecific(policies: readonly string[], path: string): readonly PolicyRule[] {
    const matching = this.#of(policies).filter((rule) => matches(rule.path, path));
    const longest = Math.max(...matching.map((rule) => rule.path.length));
    return matching.filter((rule) => rule.path.length === longest);
  }

  #of(policies: readonly string[]): readonly PolicyRule[] {
    return policies.flatMap((name) => this.#rules.get(name) ?? []);
  }
}

function matches(pattern: string, path: string): boolean {
  const escaped = pattern.replace(/[.?^${}()|[\]\\]/g, '\\$&').replaceAll('+', '[^/]+');
  return new RegExp(`^${escaped.replace(/\*$/, '.*')}$`).test(path);
}
