import { spawnSync } from 'node:child_process';

/** Whether npm has this version of a package. Throws where npm says neither, as when its registry cannot be reached. */
export function isOnNpm(name: string, version: string): boolean {
  const { status, stdout, stderr } = spawnSync('npm', ['view', `${name}@${version}`, 'version', '--json'], {
    encoding: 'utf8',
  });
  if (status === 0) return stdout.trim() === JSON.stringify(version);
  if (codeIn(stdout) === 'E404') return false;
  throw new Error(`npm does not say whether it has ${name}@${version}: ${stdout}${stderr}`);
}

/** The code of an error as `npm --json` prints it. */
function codeIn(stdout: string): unknown {
  try {
    return JSON.parse(stdout)?.error?.code;
  } catch {
    return undefined;
  }
}
