import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { programPath } from '../components/locate.ts';
import type { World } from './world.ts';

const run = promisify(execFile);

interface Said {
  readonly stdout: string;
  readonly stderr: string;
}

/** A user of the cluster types a command that begins with kubectl, and then `input`; answers what it says, also where it fails. */
export async function typeAs(
  { plane }: Pick<World, 'plane'>,
  user: string,
  command: string,
  input = '',
): Promise<string> {
  const config = join(plane.folder, 'person');
  await writeFile(config, plane.kubeconfig(), { mode: 0o600 });
  const env = { PATH: `${dirname(programPath('kubectl'))}:${process.env.PATH}`, HOME: plane.folder, CONFIG: config };
  // Through a pipe, since /dev/stdin cannot be opened where it is a socket, as that of our children is.
  const script = `kubectl() { command kubectl --kubeconfig "$CONFIG" --as ${user} "$@"; }; cat | { ${command}; }`;
  const running = run('sh', ['-c', script], { env });
  running.child.stdin?.end(input);
  const { stdout, stderr } = await running.catch((failure: Said) => failure);
  return `${stdout}${stderr}`;
}
