// Prints the base images of the Dockerfile with the digests that their names have now, as `BUILD_IMAGE=name@sha256:…`, so that a
// release is built from what its provenance names. Needs docker with buildx.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const dockerfile = readFileSync(join(import.meta.dirname, '../Dockerfile'), 'utf8');
for (const [, argument, image = ''] of dockerfile.matchAll(/^ARG (\w+_IMAGE)=(\S+)$/gm)) {
  // println: a template that begins with .Manifest prints all of it in older releases of buildx.
  const inspect = ['buildx', 'imagetools', 'inspect', '--format', '{{println .Manifest.Digest}}', image];
  const digest = execFileSync('docker', inspect, { encoding: 'utf8' }).trim();
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new Error(`docker knows no digest of ${image}, and says: ${digest}`);
  console.log(`${argument}=${image}@${digest}`);
}
