import type { Denial } from './audit.ts';
import type { CrewTally } from './crew.ts';
import type { Findings } from './judge.ts';

/** Everything that the verdict on a scenario is based on. */
export interface Proceedings {
  readonly namespace: string;
  readonly tally: CrewTally;
  /** Pods whose containers never got an answer. */
  readonly idle: readonly string[];
  readonly findings: Findings;
  /** That nobody expected. */
  readonly denials: readonly Denial[];
  /** How the operator ended although nobody asked it to. */
  readonly deaths: readonly string[];
}

/** Every promise that was broken, a sentence each; empty when all were kept. */
export function violationsOf({ namespace, tally, idle, findings, denials, deaths }: Proceedings): readonly string[] {
  const { orphans, dead, leaks } = findings;
  return [
    ...(tally.failed > 0 ? [`${tally.failed} of ${tally.calls} calls failed: ${tally.failures.join(', ')}`] : []),
    ...idle.map((pod) => `${namespace}/${pod} made no call`),
    ...orphans.map((id) => `the key ${id} lives and no status names it`),
    ...dead.map((id) => `the key ${id} is dead and a status names it`),
    ...leaks.map(({ channel, keyID }) => `${channel} holds the text of ${keyID}`),
    ...denials.map(({ verb, uri }) => `RBAC refused ${verb} ${uri}`),
    ...deaths.map((how) => `the operator ended ${how}`),
  ];
}
