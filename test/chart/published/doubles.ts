import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Digests that the doubles answer with: of whatever base image they are asked for, of the image and of the chart that they push. */
export const DIGEST = {
  base: `sha256:${'b'.repeat(64)}`,
  image: `sha256:${'1'.repeat(64)}`,
  chart: `sha256:${'c'.repeat(64)}`,
};

/**
 * In bash, the programs by which a release reaches registries. What takes no network is done for real: charts and packages are
 * packed, and kept in `pushed/` where a push would have sent them away.
 */
const DOUBLES: Readonly<Record<string, string>> = {
  go: '',
  cosign: '',
  gh: '',
  docker: `case "$*" in
  login*) cat > /dev/null;;
  *imagetools*) echo ${DIGEST.base};;
  *--metadata-file*) echo '{"containerimage.digest": "${DIGEST.image}"}' > image.json;;
esac`,
  helm: `case "$1" in
  registry) cat > /dev/null;;
  package) exec "$REAL_HELM" "$@";;
  push) cp "$2" pushed/; echo "Digest: ${DIGEST.chart}" >&2;;
esac`,
  npm: `case "$1" in
  ci) ;;
  publish) exec "$REAL_NPM" pack --workspaces --pack-destination pushed;;
  *) exec "$REAL_NPM" "$@";;
esac`,
};

/** Writes them into a folder for PATH. Each leaves a line with its arguments in the file that CALLS names. */
export async function writeDoubles(folder: string): Promise<void> {
  await mkdir(folder);
  for (const [name, script] of Object.entries(DOUBLES)) {
    const file = join(folder, name);
    await writeFile(file, `#!/usr/bin/env bash\necho "${name} $*" >> "$CALLS"\n${script}\n`);
    await chmod(file, 0o755);
  }
}
