import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The account that runs the operator in docs/evidence.md. */
export const OPERATOR = { namespace: 'apikey-rotation', name: 'apikey-rotation' };
const EXAMPLE_NAMESPACE = 'payments';

/** The YAML blocks of the section of docs/evidence.md on what the operator may. */
export const documentedBlocks: readonly string[] = [...section().matchAll(/```yaml\n(.*?)```/gs)].map(
  ([, block]) => block ?? '',
);

function section(): string {
  const page = readFileSync(join(import.meta.dirname, '../../docs/evidence.md'), 'utf8');
  return page.slice(page.indexOf('## What the operator may'));
}

const isOfNamespace = (block: string) => block.includes(`namespace: ${EXAMPLE_NAMESPACE}\n`);

/** The blocks that are applied once in a cluster, as YAML. */
export function clusterRoles(): string {
  return documentedBlocks.filter((block) => !isOfNamespace(block)).join('---\n');
}

/** The blocks that each namespace with rotations needs, as YAML. */
export function namespaceRoles(namespace: string): string {
  const blocks = documentedBlocks.filter(isOfNamespace);
  return blocks.join('---\n').replaceAll(`namespace: ${EXAMPLE_NAMESPACE}\n`, `namespace: ${namespace}\n`);
}
