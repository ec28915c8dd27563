import { readFileSync } from 'node:fs';

/** A program that is built from Go modules; `module` is the folder of its go.mod and go.sum under `go/`. */
export interface GoComponent {
  readonly type: 'Go';
  readonly name: string;
  readonly version: string;
  readonly module: string;
  readonly package: string;
  readonly flags: readonly string[];
  /** Makes the program print its version. */
  readonly versionArgs: readonly string[];
}

/** A program that pip installs into an environment of its own, with exactly the packages of `requirements`. */
export interface PythonComponent {
  readonly type: 'Python';
  readonly name: string;
  readonly version: string;
  readonly requirements: string;
}

/** A program of an npm package that there is for each platform, as `program` below `node_modules`; the lock of `folder` pins all of them. */
export interface NpmComponent {
  readonly type: 'Npm';
  readonly name: string;
  readonly version: string;
  readonly folder: string;
  readonly program: string;
}

/** One real component. */
export type Component = GoComponent | PythonComponent | NpmComponent;

const HERE = import.meta.dirname;

/** A program of Kubernetes' own repository is told its version when it is linked. */
const KUBERNETES = 'k8s.io/kubernetes';

type Said = Pick<GoComponent, 'name' | 'module' | 'package'> & Partial<Pick<GoComponent, 'flags' | 'versionArgs'>>;

function go(owner: string, { flags = [], versionArgs = ['--version'], ...said }: Said): GoComponent {
  const version = goVersion(said.module, owner);
  const link = [
    '-s',
    '-w',
    ...(owner === KUBERNETES ? [`-X k8s.io/component-base/version.gitVersion=${version}`] : []),
  ];
  return { type: 'Go', version, versionArgs, ...said, flags: [...flags, '-ldflags', link.join(' ')] };
}

/** The version is said once, in go.mod. */
function goVersion(module: string, owner: string): string {
  const text = readFileSync(`${HERE}/go/${module}/go.mod`, 'utf8');
  const found = text.split('\n').map((line) =>
    line
      .trim()
      .replace(/^require /, '')
      .split(' '),
  );
  const version = found.find(([path, version]) => path === owner && version?.startsWith('v'))?.[1];
  if (version === undefined) throw new Error(`test/e2e/components/go/${module}/go.mod does not require ${owner}`);
  return version;
}

function kubernetes(name: string): GoComponent {
  return go(KUBERNETES, { name, module: 'kubernetes', package: `${KUBERNETES}/cmd/${name}` });
}

/** The oldest that the operator works with, where everything else here runs on the newest. */
function oldestNode(): NpmComponent {
  const folder = `${HERE}/npm/node`;
  const { optionalDependencies } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const name = `node-${process.platform === 'darwin' ? 'bin-' : ''}${process.platform}-${process.arch}`;
  const version = optionalDependencies[name] ?? '';
  return { type: 'Npm', name: 'node', version, folder, program: `${name}/bin/node` };
}

const requirements = `${HERE}/python-requirements.txt`;

/** All of them, by name, the slowest first. How each can be built was found out by trying: see the comments in the go.mod files. */
export const components = {
  'kube-apiserver': kubernetes('kube-apiserver'),
  'kube-controller-manager': kubernetes('kube-controller-manager'),
  'kube-scheduler': kubernetes('kube-scheduler'),
  vault: go('github.com/hashicorp/vault', {
    name: 'vault',
    module: 'vault',
    package: 'github.com/hashicorp/vault',
    flags: ['-tags', 'minimal'],
  }),
  // Beside it, as the minimal Vault has no such method.
  'vault-plugin-auth-kubernetes': go('github.com/hashicorp/vault-plugin-auth-kubernetes', {
    name: 'vault-plugin-auth-kubernetes',
    module: 'vault-plugin-auth-kubernetes',
    package: 'github.com/hashicorp/vault-plugin-auth-kubernetes/cmd/vault-plugin-auth-kubernetes',
  }),
  helm: go('helm.sh/helm/v4', {
    name: 'helm',
    module: 'helm',
    package: 'helm.sh/helm/v4/cmd/helm',
    versionArgs: ['version', '--template', '{{.Version}}'],
  }),
  promtool: go('github.com/prometheus/prometheus', {
    name: 'promtool',
    module: 'promtool',
    package: 'github.com/prometheus/prometheus/cmd/promtool',
    // Rules need none of the service discoveries, which would pull in every cloud's client.
    flags: ['-tags', 'remove_all_sd'],
  }),
  actionlint: go('github.com/rhysd/actionlint', {
    name: 'actionlint',
    module: 'actionlint',
    package: 'github.com/rhysd/actionlint/cmd/actionlint',
    versionArgs: ['-version'],
  }),
  kwok: go('sigs.k8s.io/kwok', { name: 'kwok', module: 'kwok', package: 'sigs.k8s.io/kwok/cmd/kwok' }),
  etcd: go('go.etcd.io/etcd/server/v3', { name: 'etcd', module: 'etcd', package: 'go.etcd.io/etcd/server/v3' }),
  // An older release than the servers, as people have it; recordings hold its words.
  kubectl: go(KUBERNETES, {
    name: 'kubectl',
    module: 'kubectl',
    package: `${KUBERNETES}/cmd/kubectl`,
    versionArgs: ['version', '--client'],
  }),
  node: oldestNode(),
  moto_server: {
    type: 'Python',
    name: 'moto_server',
    version: readFileSync(requirements, 'utf8').match(/^moto\S*==(\S+)/m)?.[1] ?? '',
    requirements,
  },
} satisfies Readonly<Record<string, Component>>;

/** Their names, in the order in which they are built. */
export type ComponentName = keyof typeof components;
export const componentNames = Object.keys(components) as ComponentName[];
