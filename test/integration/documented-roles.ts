import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The account that runs the operator on every page: the release of the chart that they install has the same name. */
export const OPERATOR = { namespace: 'apikey-rotation', name: 'apikey-rotation-operator' };
const EXAMPLE_NAMESPACE = 'payments';
/** What only an operator of the whole cluster needs has this in its name. */
export const CLUSTER_WIDE = 'apikey-rotation-cluster';
/** The Role for evidence of type Rollout. */
export const ROLLOUTS = 'apikey-rotation-rollouts';
const SECRETS = 'apikey-rotation-secrets';

/** The YAML blocks of docs/operator-rights.md. */
export const documentedBlocks = blocksOf('operator-rights.md', '# What the operator may');

/** The YAML blocks of a page from this heading on. */
function blocksOf(page: string, heading: string): readonly string[] {
  const text = readFileSync(join(import.meta.dirname, '../../docs', page), 'utf8');
  const section = text.slice(text.indexOf(heading));
  return [...section.matchAll(/```yaml\n(.*?)```/gs)].map(([, block]) => block ?? '');
}

const isOfNamespace = (block: string) => block.includes(`namespace: ${EXAMPLE_NAMESPACE}\n`);

/** The blocks that are applied once in a cluster, as YAML; for an operator of one namespace fewer than for one of them all. */
export function clusterRoles({ wholeCluster }: { readonly wholeCluster: boolean }): string {
  const blocks = documentedBlocks.filter((block) => !isOfNamespace(block));
  return blocks.filter((block) => wholeCluster || !block.includes(CLUSTER_WIDE)).join('---\n');
}

/** The blocks that each namespace with rotations needs, as YAML; one whose rotations write Secrets or look at workloads needs more. */
export function namespaceRoles(
  namespace: string,
  { secretTargets, rollouts = false }: { readonly secretTargets: boolean; readonly rollouts?: boolean },
): string {
  const blocks = documentedBlocks.filter(isOfNamespace);
  const left = [...(secretTargets ? [] : [SECRETS]), ...(rollouts ? [] : [ROLLOUTS])];
  const needed = blocks.filter((block) => !left.some((role) => block.includes(`name: ${role}\n`)));
  return inNamespace(namespace, needed);
}

/** The block of docs/issuers-support.md that a namespace needs besides where people issue the keys, as YAML. */
export function supportRole(namespace: string): string {
  return inNamespace(namespace, blocksOf('issuers-support.md', '## Who may do what'));
}

function inNamespace(namespace: string, blocks: readonly string[]): string {
  return blocks.join('---\n').replaceAll(`namespace: ${EXAMPLE_NAMESPACE}\n`, `namespace: ${namespace}\n`);
}
