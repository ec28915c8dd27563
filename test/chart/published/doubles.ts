import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Digests that the doubles answer with: of whatever base image they are asked for, of the image and of the chart that they push. */
export const DIGEST = {
  base: `sha256:${'b'.repeat(64)}`,
  image: `sha256:${'1'.repeat(64)}`,
  chart: `sha256:${'c'.repeat(64)}`,
};

/** What a registry of npm answers for a version that it does not have. */
const ABSENT = '{"error": {"code": "E404"}}';

/**
 * In bash, the programs by which a release reaches registries. What takes no network is done for real: charts and packages are
 * packed, and kept in the folder PUSHED where a push would have sent them away, with a list of what was signed, and the release.
 */
const DOUBLES: Readonly<Record<string, string>> = {
  go: '',
  // A clone of this tree has no history.
  git: 'echo 1800000000',
  cosign: `name=\${!#}
case "$1" in
  sign) echo "$name" >> "$PUSHED/signed";;
  verify)
    digest=$(grep -s "^\${name%:*}@" "$PUSHED/signed" | cut -d@ -f2)
    [ "$digest" ] || { echo no signatures found >&2; exit 10; }
    echo '[{"critical": {"image": {"docker-manifest-digest": "'"$digest"'"}}}]';;
esac`,
  gh: `case "$2" in
  create) touch "$PUSHED/release";;
  view) [ -e "$PUSHED/release" ];;
esac`,
  docker: `case "$*" in
  login*) cat > /dev/null;;
  *imagetools*) echo ${DIGEST.base};;
  *--metadata-file*) echo '{"containerimage.digest": "${DIGEST.image}"}' > image.json;;
esac`,
  helm: `case "$1" in
  registry) cat > /dev/null;;
  package) exec "$REAL_HELM" "$@";;
  push) cp "$2" "$PUSHED"; echo "Digest: ${DIGEST.chart}" >&2;;
esac`,
  npm: `case "$1" in
  ci) ;;
  view)
    package=$(tr / - <<< "\${2#@}")
    [ -e "$PUSHED/\${package%@*}-\${package##*@}.tgz" ] || { echo '${ABSENT}'; exit 1; }
    printf '"%s"' "\${2##*@}";;
  publish) exec "$REAL_NPM" pack "$2" "$3" --pack-destination "$PUSHED";;
  *) exec "$REAL_NPM" "$@";;
esac`,
};

/**
 * Writes them into a folder for PATH. Each leaves a line with its arguments in the file that CALLS names, but for the call that
 * begins with what REFUSED says: that one fails.
 */
export async function writeDoubles(folder: string): Promise<void> {
  await mkdir(folder);
  for (const [name, script] of Object.entries(DOUBLES)) {
    const file = join(folder, name);
    const refusal = `[[ -z "$REFUSED" || "${name} $*" != "$REFUSED"* ]] || { echo refused >&2; exit 1; }`;
    await writeFile(file, `#!/usr/bin/env bash\n${refusal}\necho "${name} $*" >> "$CALLS"\n${script}\n`);
    await chmod(file, 0o755);
  }
}
