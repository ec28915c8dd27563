// Lays out what the image holds below /app: `node scripts/image-tree.ts FOLDER`. The Dockerfile runs it, and so does the test that
// starts the operator from that folder, so that what is tested is what is shipped. Needs `npm ci`, and no network.
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A package as package-lock.json describes it. */
interface Locked {
  readonly version: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly optional?: boolean;
  readonly link?: boolean;
}

/** The parts of a bill of materials in CycloneDX that are ours to shorten. */
interface Bill {
  readonly components: readonly { readonly 'bom-ref': string }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const TOP = join(import.meta.dirname, '..');
const [target] = process.argv.slice(2);
if (target === undefined) throw new Error('name the folder to lay out the image in: node scripts/image-tree.ts FOLDER');

const own = await json('package.json');
const shipped = await shippedPackages();
await mkdir(target, { recursive: true });
run(process.execPath, [
  'node_modules/typescript/bin/tsc',
  '-p',
  'tsconfig.build.json',
  '--outDir',
  join(target, 'dist'),
]);
for (const file of ['LICENSE', 'bin/require-node.js', ...shipped.keys()]) {
  await cp(join(TOP, file), join(target, file), { recursive: true });
}
const { name, version, license, type, engines } = own;
await write(target, 'package.json', { name, version, license, type, engines });
await write(target, 'sbom.cdx.json', billOfMaterials());

/** Folders of the packages that the operator needs with what names them; none that is for developers alone, or for one platform. */
async function shippedPackages(): Promise<ReadonlyMap<string, string>> {
  const { packages } = await json('package-lock.json');
  return new Map(
    Object.entries<Locked>(packages)
      .filter(([path]) => path.startsWith('node_modules/'))
      .filter(([, { dev, devOptional, optional, link }]) => !dev && !devOptional && !optional && !link)
      .map(([path, { version }]) => [path, `${path.replace(/^.*node_modules\//, '')}@${version}`]),
  );
}

/** What npm says of them. With `--omit=dev` it would leave out what developers need too. */
function billOfMaterials(): object {
  const bill: Bill = JSON.parse(
    run('npm', ['sbom', '--package-lock-only', '--sbom-format=cyclonedx', '--sbom-type=application']),
  );
  const kept = new Set([`${own.name}@${own.version}`, ...shipped.values()]);
  const isKept = (reference: string) => kept.has(reference);
  return {
    ...bill,
    components: bill.components.filter((component) => isKept(component['bom-ref'])),
    dependencies: bill.dependencies
      .filter(({ ref }) => isKept(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(isKept) })),
  };
}

function run(command: string, args: readonly string[]): string {
  return execFileSync(command, args, { cwd: TOP, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

async function json(file: string) {
  return JSON.parse(await readFile(join(TOP, file), 'utf8'));
}

async function write(folder: string, file: string, value: object): Promise<void> {
  await writeFile(join(folder, file), `${JSON.stringify(value, null, 2)}\n`);
}
