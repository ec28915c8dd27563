import { readFileSync } from 'node:fs';

/** A program that is built from Go modules; `module` is the folder of its go.mod and go.sum under `go/`. */
export interface GoComponent {
  readonly type: 'Go';
  readonly name: string;
  readonly version: string;
  readonly module: string;
  readonly package: string;
  readonly flags: readonly string[];
}

/** A program that pip installs into an environment of its own, with exactly the packages of `requirements`. */
export interface PythonComponent {
  readonly type: 'Python';
  readonly name: string;
  readonly version: string;
  readonly requirements: string;
}

/** One real component. */
export type Component = GoComponent | PythonComponent;

const HERE = import.meta.dirname;

function go(name: string, module: string, owner: string, packagePath: string, ...flags: string[]): GoComponent {
  const version = goVersion(module, owner);
  const link = [
    '-s',
    '-w',
    ...(module === 'kubernetes' ? [`-X k8s.io/component-base/version.gitVersion=${version}`] : []),
  ];
  return { type: 'Go', name, version, module, package: packagePath, flags: [...flags, '-ldflags', link.join(' ')] };
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
  return go(name, 'kubernetes', 'k8s.io/kubernetes', `k8s.io/kubernetes/cmd/${name}`);
}

const requirements = `${HERE}/python-requirements.txt`;

/** All of them, by name. How each can be built was found out by trying: see the comments in the go.mod files. */
export const components = {
  'kube-apiserver': kubernetes('kube-apiserver'),
  'kube-controller-manager': kubernetes('kube-controller-manager'),
  'kube-scheduler': kubernetes('kube-scheduler'),
  kubectl: kubernetes('kubectl'),
  etcd: go('etcd', 'etcd', 'go.etcd.io/etcd/server/v3', 'go.etcd.io/etcd/server/v3'),
  kwok: go('kwok', 'kwok', 'sigs.k8s.io/kwok', 'sigs.k8s.io/kwok/cmd/kwok'),
  vault: go('vault', 'vault', 'github.com/hashicorp/vault', 'github.com/hashicorp/vault', '-tags', 'minimal'),
  helm: go('helm', 'helm', 'helm.sh/helm/v4', 'helm.sh/helm/v4/cmd/helm'),
  moto_server: {
    type: 'Python',
    name: 'moto_server',
    version: readFileSync(requirements, 'utf8').match(/^moto\S*==(\S+)/m)?.[1] ?? '',
    requirements,
  },
} satisfies Readonly<Record<string, Component>>;

/** Their names, in the order in which they are built: the slowest first. */
export type ComponentName = keyof typeof components;
export const componentNames = Object.keys(components) as ComponentName[];
