import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ControlPlane, startControlPlane } from '../e2e/components/control-plane.ts';
import { programPath } from '../e2e/components/locate.ts';
import { until } from '../e2e/components/until.ts';
import { createCluster } from '../e2e/world/cluster.ts';
import { untilServed } from '../e2e/world/until-served.ts';
import { documentedText } from '../integration/documents/block.ts';
import { openTerminal, type Terminal } from '../integration/documents/terminal.ts';

const DEPLOYMENTS = '/apis/apps/v1/namespaces/apikey-rotation/deployments';
const MERGE = { contentType: 'application/merge-patch+json' };
/** Nobody rolls out here, so that somebody has to say that it is done. */
const ROLLED_OUT = { replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };

let plane: ControlPlane;
let terminal: Terminal;

beforeAll(async () => {
  plane = await startControlPlane();
  const bin = join(plane.folder, 'bin');
  await mkdir(bin);
  for (const program of ['helm', 'kubectl'] as const) await symlink(programPath(program), join(bin, program));
  await writeFile(join(plane.folder, 'person'), plane.kubeconfig(), { mode: 0o600 });
  terminal = openTerminal();
  const homes = ['CONFIG', 'CACHE', 'DATA'].map((kind) => `export HELM_${kind}_HOME='${plane.folder}'`);
  await terminal.run(
    [`export HOME='${plane.folder}' KUBECONFIG='${plane.folder}/person'`, ...homes, `PATH='${bin}':$PATH`, ''].join(
      '\n',
    ),
  );
});
afterAll(async () => {
  await terminal?.close();
  await plane?.stop();
});

test('the commands of the quickstart install the operator on a cluster, and lend it a namespace', async () => {
  const installing = terminal.run(documentedText('docs/quickstart.md “On a cluster” sh 2'));
  const name = await until(() => deployed(), { what: 'the Deployment of the chart', timeoutMs: 60_000 });
  const observed = { status: { ...ROLLED_OUT, observedGeneration: 1 } };
  expect((await plane.request('PATCH', `${DEPLOYMENTS}/${name}/status`, observed, MERGE)).status).toBe(200);
  const printed = await installing;
  expect(printed).toContain('STATUS: deployed\n');
  expect(printed).toMatch(/\ndeployment "\S+" successfully rolled out\n$/);

  expect(await maySeePods()).toBe('no\n');
  const lending = documentedText('docs/quickstart.md “On a cluster” sh 3');
  expect(await terminal.run(lending.replace('/dev/stdin', '/dev/null'))).toMatch(/^(\S+ created\n){3}$/);
  await until(async () => (await maySeePods()) === 'yes\n', {
    what: 'the RoleBinding to count',
    timeoutMs: 30_000,
  });
});

test('the commands of operations.md remove it again, with its definitions', async () => {
  await untilServed(createCluster(plane));
  const printed = await terminal.run(documentedText('docs/operations.md “Uninstall” sh 2'));
  expect(printed).toMatch(/^release "\S+" uninstalled\n/m);
  expect(printed.match(/^customresourcedefinition\S+ "\w+\.apikeyrotation\.io" deleted$/gm)).toHaveLength(6);
  expect(await deployed()).toBeUndefined();
});

interface Listed {
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
}

/** The name of the only Deployment, once it is there. */
async function deployed(): Promise<string | undefined> {
  const { body } = await plane.request('GET', DEPLOYMENTS);
  return (body as Listed).items[0]?.metadata.name;
}

/** Whether the account that runs the Deployment may see pods in the namespace of the page. */
async function maySeePods(): Promise<string> {
  const path = "jsonpath='{.items[0].spec.template.spec.serviceAccountName}'";
  return terminal.run(
    `kubectl auth can-i list pods -n shop --as=system:serviceaccount:apikey-rotation:$(kubectl -n apikey-rotation get deployments -o ${path})\n`,
  );
}
