import type { ControlPlane } from '../e2e/components/control-plane.ts';
import type { ClusterObject } from '../e2e/world/cluster.ts';
import type { Installation } from '../e2e/world/installation.ts';
import { openScene, type Scene } from '../e2e/world/scene.ts';
import { OPERATOR } from '../integration/documented-roles.ts';
import { createRelease, type Values } from './helm.ts';

/** What of a release a test says. */
interface ChartValues extends Values {
  readonly rbac?: { readonly namespaces?: readonly string[] } & Values;
}

/** With helm; namespaces that the chart does not know lend the operator their things as its NOTES say. `chart`: an archive. */
export function byChart(values: ChartValues = {}, chart?: string): Installation {
  const { namespaces = [] } = values.rbac ?? {};
  return {
    async install(plane, cluster) {
      // They are there before anybody grants anything in them.
      for (const name of namespaces)
        await cluster.apply(JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
      await (await createRelease(plane)).install(values, chart);
    },
    namespaceRights: (namespace) => (namespaces.includes(namespace) ? '' : lending(namespace)),
  };
}

const lending = (namespace: string) => `
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: ${OPERATOR.name}, namespace: ${namespace}}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: ${OPERATOR.name}-namespace}
subjects: [{kind: ServiceAccount, name: ${OPERATOR.name}, namespace: ${OPERATOR.namespace}}]
`;

interface Deployment extends ClusterObject {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly [{ readonly args: string[] }] } };
  };
}

/** The arguments that the chart's Deployment starts the operator with, but for the ports, which others may have here. */
export async function deployedArguments({ request }: ControlPlane): Promise<readonly string[]> {
  const path = `/apis/apps/v1/namespaces/${OPERATOR.namespace}/deployments/${OPERATOR.name}`;
  const { body } = await request('GET', path);
  const [{ args }] = (body as Deployment).spec.template.spec.containers;
  return args.filter((argument) => !/^--(reports|probe)-port=/.test(argument));
}

/** A scene whose operator runs under the ServiceAccount of a release, with its rights and its arguments. */
export function openInstalled(values: ChartValues, chart?: string): Promise<Scene> {
  return openScene({
    world: { installation: byChart(values, chart) },
    operator: async ({ plane }) => {
      // Where its pod would be.
      const home = ['--cluster-resource-namespace', OPERATOR.namespace];
      return { flags: [...(await deployedArguments(plane)), ...home] };
    },
  });
}
