import '../bin/require-node.js';
import { parseArgs } from 'node:util';
import { apioPart } from './standalone/apio.ts';
import { awsPart } from './standalone/aws.ts';
import { kubePart } from './standalone/kube.ts';
import type { Part, RunningPart } from './standalone/part.ts';
import { vaultPart } from './standalone/vault.ts';

const PARTS: Readonly<Record<string, Part>> = { kube: kubePart, apio: apioPart, vault: vaultPart, aws: awsPart };
const USAGE = `usage: npm run sandbox -- ${Object.keys(PARTS).join('|')}|all [--port <first port, default: free ones>]`;

/** What the command line asks for; undefined where it makes no sense. */
function readArguments(
  args: readonly string[],
): { readonly names: readonly string[]; readonly port: number } | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { port: { type: 'string', default: '0' } },
      allowPositionals: true,
    });
    const [name = '', ...rest] = positionals;
    const names = name === 'all' ? Object.keys(PARTS) : [name];
    const sensible =
      rest.length === 0 && names.every((each) => Object.hasOwn(PARTS, each)) && /^\d{1,5}$/.test(values.port);
    return sensible ? { names, port: Number(values.port) } : undefined;
  } catch {
    return undefined;
  }
}

/** Starts the parts one after the other, each on the ports after the one before. */
async function startParts(names: readonly string[], firstPort: number): Promise<readonly RunningPart[]> {
  const running: RunningPart[] = [];
  let port = firstPort;
  for (const name of names) {
    const part = PARTS[name];
    if (!part) continue;
    running.push(await part.start(port));
    if (port !== 0) port += part.ports;
  }
  return running;
}

const wanted = readArguments(process.argv.slice(2));
if (!wanted) {
  console.error(USAGE);
  process.exit(2);
}

const running = await startParts(wanted.names, wanted.port).catch((error: Error) => {
  console.error(`cannot start the sandbox: ${error.message}; choose other ports with --port, or leave it out`);
  process.exit(1);
});
for (const { lines } of running) console.log(`${lines.join('\n')}\n`);
console.log('Everything is in memory and listens on this machine only. Ctrl-C stops it.');

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    Promise.all(running.map((part) => part.close())).then(() => process.exit(0));
  });
}
