import type { JsonObject } from '../../../sandbox/kube/engine/json.ts';
import { secret, widget } from '../../contract/kube-api/widget.ts';
import { get, type Item, merge, post, type RequestStep, remove, watch } from '../case.ts';
import { secrets, widgets } from './collections.ts';

const three: RequestStep[] = ['a', 'b', 'c'].map((name) =>
  post(secrets, secret(name, {}, { labels: { even: String(name === 'b') } })),
);
const gone = { until: { status: 404 } };

/** A reference to a saved owner. */
function ownedBy(saved: string, more: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    name: `$(${saved}.metadata.name)`,
    uid: `$(${saved}.metadata.uid)`,
    ...more,
  };
}
function dependent(name: string, ...ownerReferences: JsonObject[]): RequestStep {
  return post(secrets, secret(name, {}, { ownerReferences }));
}
const owner = post(secrets, secret('owner'), { save: 'owner' });
const other = post(secrets, secret('other'), { save: 'other' });
const propagate = (propagationPolicy: string) => remove(`${secrets}/owner`, { propagationPolicy });

export const item27: Item = {
  number: 27,
  tier: 'P1',
  title: 'collections, propagation, garbage collection',
  cases: [
    { name: 'a collection is deleted', steps: [...three, remove(secrets), get(secrets)] },
    {
      name: 'a part of a collection is deleted by label',
      steps: [...three, remove(`${secrets}?labelSelector=even%3Dtrue`), get(secrets)],
    },
    {
      name: 'a part of a collection is deleted by field',
      steps: [...three, remove(`${secrets}?fieldSelector=metadata.name%3Dc`), get(secrets)],
    },
    {
      name: 'nothing is deleted where nothing is selected',
      steps: [
        ...three,
        remove(`${secrets}?labelSelector=none`),
        remove(`${secrets}?labelSelector=a%3Db%3Dc`),
        get(secrets),
      ],
    },
    {
      name: 'custom objects that finalizers hold stay when their collection is deleted',
      steps: [
        post(widgets, widget('a')),
        post(widgets, widget('b', {}, { finalizers: ['example.com/a'] })),
        remove(widgets),
        get(widgets),
      ],
    },
    {
      name: 'a propagation policy is one of three',
      steps: [
        owner,
        propagate('Sideways'),
        remove(`${secrets}/owner?propagationPolicy=Sideways`),
        remove(`${secrets}/owner`, { propagationPolicy: 'Orphan', orphanDependents: true }),
        get(`${secrets}/owner`),
      ],
    },
    {
      name: 'a deletion that makes no sense is refused',
      steps: [
        owner,
        remove(`${secrets}/owner?gracePeriodSeconds=soon`),
        { method: 'DELETE', path: `${secrets}/owner`, text: '{' },
        get(`${secrets}/owner`),
      ],
    },
    { name: 'a foreground deletion is answered with the finalizer', steps: [owner, propagate('Foreground')] },
    { name: 'an orphaning deletion is answered with the finalizer', steps: [owner, propagate('Orphan')] },
    {
      name: 'a foreground deletion of a custom object counts as a generation',
      steps: [post(widgets, widget('a')), remove(`${widgets}/a`, { propagationPolicy: 'Foreground' })],
    },
    {
      name: 'owner references say all of an owner',
      steps: [
        dependent('a', { apiVersion: 'v1', kind: 'Secret', name: 'x' }),
        dependent('a', { kind: 'Secret', name: 'x', uid: 'u' }),
        dependent('a', {}),
      ],
    },
    {
      name: 'one owner is the controller',
      steps: [
        dependent(
          'a',
          { apiVersion: 'v1', kind: 'Secret', name: 'x', uid: 'u', controller: true },
          { apiVersion: 'v1', kind: 'Secret', name: 'y', uid: 'v', controller: true },
        ),
      ],
    },
    {
      name: 'a background deletion takes dependents along',
      controllers: true,
      steps: [
        owner,
        dependent('a', ownedBy('owner')),
        propagate('Background'),
        get(`${secrets}/a`, gone),
        get(`${secrets}/owner`),
      ],
    },
    {
      name: 'dependents of dependents go too',
      controllers: true,
      steps: [
        owner,
        post(secrets, secret('a', {}, { ownerReferences: [ownedBy('owner')] }), { save: 'a' }),
        dependent('b', ownedBy('a')),
        remove(`${secrets}/owner`),
        get(`${secrets}/b`, gone),
        get(`${secrets}/a`),
      ],
    },
    {
      name: 'a foreground deletion waits for the dependents that block it',
      controllers: true,
      steps: [
        owner,
        post(
          secrets,
          secret(
            'a',
            {},
            { ownerReferences: [ownedBy('owner', { blockOwnerDeletion: true })], finalizers: ['example.com/a'] },
          ),
        ),
        propagate('Foreground'),
        get(`${secrets}/a`, {
          until: { at: 'metadata.deletionGracePeriodSeconds', is: 0 },
          part: 'metadata.finalizers',
        }),
        get(`${secrets}/owner`, { part: 'metadata.finalizers' }),
        merge(`${secrets}/a`, { metadata: { finalizers: null } }),
        get(`${secrets}/owner`, gone),
        get(`${secrets}/a`),
      ],
    },
    {
      name: 'an orphaning deletion leaves dependents without the reference',
      controllers: true,
      steps: [
        owner,
        dependent('a', ownedBy('owner')),
        propagate('Orphan'),
        get(`${secrets}/owner`, gone),
        get(`${secrets}/a`),
      ],
    },
    {
      name: 'a dependent stays as long as one of its owners',
      controllers: true,
      steps: [
        owner,
        other,
        dependent('a', ownedBy('owner'), ownedBy('other')),
        remove(`${secrets}/owner`),
        get(`${secrets}/a`, { until: { at: 'metadata.ownerReferences.0.name', is: 'other' } }),
        remove(`${secrets}/other`),
        get(`${secrets}/a`, gone),
      ],
    },
    {
      name: 'a watcher sees the mark of a foreground deletion, then the end',
      controllers: true,
      steps: [
        owner,
        watch(
          `${secrets}?watch=true&fieldSelector=metadata.name%3Downer&resourceVersion=$(owner.metadata.resourceVersion)`,
          2,
          [propagate('Foreground')],
        ),
      ],
    },
  ],
};
