import { findLeaks, type Leak, type Output } from '../../../demo/leak-scan.ts';
import { OPERATOR } from '../../integration/documented-roles.ts';
import { liveKeys } from './issued-keys.ts';
import { objectsOf } from './outputs.ts';
import type { Rotation } from './tenant.ts';
import type { World } from './world.ts';

/** What must not be; all empty when the promises were kept. */
export interface Findings {
  /** Live keys that no status names. */
  readonly orphans: readonly string[];
  /** Keys that a status names as current and that are dead. */
  readonly dead: readonly string[];
  /** Key texts and credentials where none may be. */
  readonly leaks: readonly Leak[];
}

/** What a test adds to what is looked at. */
export interface JudgeOptions {
  /** What the test itself saw. */
  readonly seen?: readonly Output[];
  /** Secrets that hold a key because the test put it there. */
  readonly secretsWithKeys?: readonly string[];
}

/**
 * Looks at a namespace that is at rest: the keys of its organization, and the text of any key, of any organization, in
 * everything that came out of anywhere.
 */
export async function judge(world: World, namespace: string, options: JudgeOptions = {}): Promise<Findings> {
  const { seen = [], secretsWithKeys = [] } = options;
  const { cluster, apio, operators } = world;
  const rotations = await cluster.list<Rotation>(
    `/apis/apikeyrotation.io/v1alpha1/namespaces/${namespace}/apikeyrotations`,
  );
  const named = rotations.flatMap(({ status }) =>
    [status?.current?.keyID ?? [], status?.rotation?.newKey?.keyID ?? []].flat(),
  );
  const live = liveKeys(apio, namespace).map(({ id }) => id);
  const meant = ['apio', ...secretsWithKeys, ...rotations.flatMap(targetSecrets)];
  const tokens = operators.map(({ token }, index) => ({ id: `token of operator ${index}`, text: token }));
  const outputs = [
    ...(await objectsOf(cluster, namespace, meant)),
    ...(await objectsOf(cluster, OPERATOR.namespace, [])),
    ...(await outputsOfOperators(world)),
    { channel: 'audit log', text: await world.auditLog() },
    ...seen,
  ];
  return {
    orphans: live.filter((id) => !named.includes(id)),
    dead: named.filter((id) => !live.includes(id)),
    leaks: findLeaks(outputs, [...apio.keys, ...tokens]),
  };
}

/** Where a rotation writes, and, as long as one runs, where the key that it replaced stays, if its targets are Secrets. */
const targetSecrets = ({ spec, status }: Rotation) =>
  spec.targets.flatMap(({ path }) => (status?.rotation ? [path, `${path}-previous`] : [path]));

async function outputsOfOperators({ operators }: World): Promise<readonly Output[]> {
  const metrics = operators.map(async ({ probesURL }) => {
    // One that was killed has none left to tell.
    const answer = await fetch(`${probesURL}/metrics`).catch(() => undefined);
    return { channel: `metrics of ${probesURL}`, text: (await answer?.text()) ?? '' };
  });
  return [
    ...operators.map(({ lines }, index) => ({ channel: `log of operator ${index}`, text: lines().join('\n') })),
    ...(await Promise.all(metrics)),
  ];
}
