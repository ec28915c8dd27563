import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How a container of the image starts its process. */
export interface ImageStart {
  /** Node, its options and the program. */
  readonly entrypoint: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What the Dockerfile says of it. */
export function imageStart(): ImageStart {
  const dockerfile = readFileSync(join(import.meta.dirname, '../Dockerfile'), 'utf8');
  return {
    entrypoint: JSON.parse(/^ENTRYPOINT (.*)$/m.exec(dockerfile)?.[1] ?? '[]'),
    env: Object.fromEntries([...dockerfile.matchAll(/^ENV (\w+)=(\S+)$/gm)].map(([, name, value]) => [name, value])),
  };
}
