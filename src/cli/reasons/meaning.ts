import type { ConditionReason } from '../../api/reasons.ts';

/** What one reason says to whoever reads it, in Markdown. */
export interface Meaning {
  readonly means: string;
  readonly remedy: string;
}

/** Reasons that belong together on the page. */
export interface Chapter {
  readonly title: string;
  readonly intro: string;
  readonly reasons: Readonly<Partial<Record<ConditionReason, Meaning>>>;
}
