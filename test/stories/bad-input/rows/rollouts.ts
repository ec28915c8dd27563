import type { EvidenceSpec } from '../../../../src/api/types.ts';
import { NAMESPACE, TARGETS } from '../../world/places.ts';
import type { BadInput } from '../bad-input.ts';
import type { Newcomer } from '../newcomer.ts';

type Rule = NonNullable<EvidenceSpec['rollout']>;

const waits = { type: 'Condition', kind: 'ApiKeyRotation', condition: 'Rotating', reason: 'Migrating' } as const;
const stalled = { type: 'Condition', kind: 'ApiKeyRotation', condition: 'Stalled', reason: 'InvalidSpec' } as const;
const released = ', since …; a consumer that no longer exists is released by removing it from spec.consumers';
const RULE: Rule = {
  workloadRef: { kind: 'Deployment', name: 'shop' },
  action: 'Restart',
  secretRef: { name: 'shop-apio', key: 'API_KEY' },
};
const UNTOLD: Rule = { workloadRef: RULE.workloadRef, action: 'Restart' };
const SHOP = { resource: 'deployments.apps', namespace: NAMESPACE, name: 'shop' };

const asking = (rollout: object) => ({ consumers: [{ name: 'shop', evidence: [{ type: 'Rollout', rollout }] }] });

/** A Deployment of one pod that nothing has happened to since it was made, or that is as `spec` says. */
function makeShop(newcomer: Newcomer, spec: object = {}): void {
  const labels = { app: 'shop' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'app' }] } };
  const whole = { replicas: 1, selector: { matchLabels: labels }, template, ...spec };
  newcomer.make({ kind: 'Deployment', metadata: { name: 'shop' }, spec: whole });
  startShop(newcomer, 'shop-0');
}

/** Its controller has done what it was asked for, and a pod of it runs. */
function startShop({ world: { kube } }: Newcomer, pod: string): void {
  const { generation } = kube.get(SHOP).metadata;
  const counts = { replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 };
  const status = { observedGeneration: generation ?? 0, ...counts };
  kube.patch({ ...SHOP, subresource: 'status' }, { type: 'merge', body: { status } });
  kube.create(
    { resource: 'pods', namespace: NAMESPACE },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: pod, labels: { app: 'shop' } },
      spec: { containers: [{ name: 'app', image: 'app' }] },
    },
  );
}

/** The second key is published, and the workload waited for. */
async function rotating(newcomer: Newcomer, rollout: Rule, spec: object = {}): Promise<void> {
  newcomer.create({ ...asking(rollout), ...spec });
  await newcomer.story.done(1);
  newcomer.story.annotate({ rotate: 'first' });
  await newcomer.story.published(2);
  await newcomer.story.pass(60_000);
}

/** What a syncer does, and then a controller: the copy is new, and a pod that has read it takes the place of the other. */
async function rolled(newcomer: Newcomer): Promise<void> {
  const { world, story } = newcomer;
  newcomer.secret('shop-apio', { API_KEY: world.places.serving(TARGETS.Vault.path)?.key ?? '' });
  await story.pass(60_000);
  world.kube.delete({ resource: 'pods', namespace: NAMESPACE, name: 'shop-0' });
  startShop(newcomer, 'shop-1');
}

/** Consumers whose workloads cannot show that they have moved. */
export const ROLLOUTS: readonly BadInput[] = [
  {
    did: 'asked for a rollout and did not say what the pods read',
    seen: stalled,
    wrong: (newcomer) => newcomer.create(asking(UNTOLD)),
    correct: (newcomer) => newcomer.change(asking(RULE)),
    message:
      'spec.consumers shop: what the pods of Deployment shop read is not known, so that no restart of it proves anything; name the Secret that a syncer fills in rollout.secretRef, or add a KubernetesSecret target and let the pods take the key from it by env, envFrom or a volume, or set rollout.readsStoreAtStart if they read a target themselves when they start',
    names: ['spec.consumers shop', 'Deployment shop', 'rollout.secretRef', 'rollout.readsStoreAtStart'],
    remedy: 'One of the three: a syncer may go on serving the old key after it was replaced.',
  },
  {
    did: 'writes the key into a Secret that the workload does not read',
    seen: stalled,
    async wrong(newcomer) {
      makeShop(newcomer);
      await rotating(newcomer, UNTOLD, { targets: [TARGETS.Vault, TARGETS.KubernetesSecret] });
    },
    async correct(newcomer) {
      newcomer.change(asking(RULE));
      await rolled(newcomer);
    },
    message:
      'spec.consumers shop: what the pods of Deployment shop read is not known, so that no restart of it proves anything; name the Secret that a syncer fills in rollout.secretRef, or let the pods take the key from a KubernetesSecret target of this rotation by env, envFrom or a volume, or set rollout.readsStoreAtStart if they read a target themselves when they start',
    names: ['spec.consumers shop', 'Deployment shop', 'KubernetesSecret target'],
    remedy: '`kubectl -n payments get deployment shop -o yaml` shows which Secrets its pods take.',
  },
  {
    did: 'misspelled the workload',
    seen: waits,
    async wrong(newcomer) {
      makeShop(newcomer);
      await rotating(newcomer, { ...RULE, workloadRef: { kind: 'Deployment', name: 'shopp' } });
    },
    async correct(newcomer) {
      newcomer.change(asking(RULE));
      await rolled(newcomer);
    },
    message: `waiting for shop (there is no Deployment shopp: create it, or correct rollout.workloadRef)${released}`,
    names: ['shop', 'Deployment shopp', 'rollout.workloadRef'],
    remedy: '`kubectl -n payments get deployments,statefulsets,daemonsets`',
  },
  {
    did: 'named a Secret that nobody fills',
    seen: waits,
    async wrong(newcomer) {
      makeShop(newcomer);
      await rotating(newcomer, RULE);
    },
    correct: rolled,
    message: `waiting for shop (waiting for who fills Secret shop-apio, key API_KEY: it is not there, and pods that start now would not get the new key)${released}`,
    names: ['shop', 'Secret shop-apio, key API_KEY'],
    remedy:
      '`kubectl -n payments get secret shop-apio`, and the ExternalSecret or VaultStaticSecret that should fill it.',
  },
  {
    did: 'paused the Deployment',
    seen: waits,
    async wrong(newcomer) {
      makeShop(newcomer, { paused: true });
      newcomer.create(asking(RULE));
      await newcomer.story.done(1);
      newcomer.story.annotate({ rotate: 'first' });
      await newcomer.story.published(2);
      newcomer.secret('shop-apio', { API_KEY: newcomer.world.places.serving(TARGETS.Vault.path)?.key ?? '' });
      await newcomer.story.pass(60_000);
    },
    async correct(newcomer) {
      newcomer.change({ paused: false }, SHOP);
      await rolled(newcomer);
    },
    message: `waiting for shop (Deployment shop is not restarted: it is paused (kubectl -n payments rollout resume deployment/shop); pod shop-0 started too early to be sure of the new key in Secret shop-apio, key API_KEY)${released}`,
    names: ['shop', 'Deployment shop', 'paused', 'kubectl -n payments rollout resume deployment/shop'],
    remedy: '`kubectl -n payments rollout resume deployment/shop`',
  },
  {
    did: 'scaled the workload to zero',
    seen: waits,
    async wrong(newcomer) {
      makeShop(newcomer, { replicas: 0 });
      newcomer.create(asking({ ...UNTOLD, readsStoreAtStart: true }));
      await newcomer.story.done(1);
      newcomer.story.annotate({ rotate: 'first' });
      await newcomer.story.published(2);
      await newcomer.story.pass(60_000);
    },
    async correct(newcomer) {
      newcomer.change({ replicas: 1 }, SHOP);
      await rolled(newcomer);
    },
    message: `waiting for shop (Deployment shop has no pods, so that none shows that it starts with the new key (kubectl -n payments scale deployment/shop --replicas=1; rollout.whenNoPods: Count accepts that))${released}`,
    names: ['shop', 'Deployment shop', 'kubectl -n payments scale deployment/shop --replicas=1'],
    remedy: 'Scale it up; or `rollout.whenNoPods: Count` where it is scaled to zero for good reasons.',
  },
  {
    did: 'said both that pods read a copy and that they read the store',
    seen: { type: 'Refused' },
    wrong: (newcomer) => newcomer.create(asking({ ...RULE, readsStoreAtStart: true })),
    correct: (newcomer) => newcomer.create(asking(RULE)),
    message:
      'ApiKeyRotation.apikeyrotation.io "apio" is invalid: spec.consumers[0].evidence[0].rollout: Invalid value: secretRef and readsStoreAtStart exclude each other: pods read a copy, or the store itself',
    names: ['spec.consumers[0].evidence[0].rollout', 'secretRef', 'readsStoreAtStart'],
    remedy: 'Say what the pods read when they start: one of the two.',
  },
  {
    did: 'asked for a rollout without saying of what',
    seen: { type: 'Refused' },
    wrong: (newcomer) => newcomer.create({ consumers: [{ name: 'shop', evidence: [{ type: 'Rollout' }] }] }),
    correct: (newcomer) => newcomer.create(asking(RULE)),
    message:
      'ApiKeyRotation.apikeyrotation.io "apio" is invalid: spec.consumers[0].evidence[0]: Invalid value: type Rollout goes with the member rollout',
    names: ['spec.consumers[0].evidence[0]', 'rollout'],
    remedy: 'Name the workload: `rollout: {workloadRef: {kind: Deployment, name: shop}, action: Restart, …}`.',
  },
];
