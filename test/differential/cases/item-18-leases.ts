import { lease } from '../../contract/kube-api/widget.ts';
import { type Item, merge, post, put } from '../case.ts';
import { leases } from './collections.ts';

export const item18: Item = {
  number: 18,
  tier: 'P0',
  title: 'leases',
  cases: [
    {
      name: 'a Lease is created as it was sent',
      steps: [post(leases, lease('a'))],
    },
    {
      name: 'a lease taken from a stale version is a conflict',
      steps: [
        post(leases, lease('a'), { save: 'old' }),
        merge(`${leases}/a`, { spec: { holderIdentity: 'two' } }),
        put(`${leases}/a`, { $from: 'old', spec: { holderIdentity: 'three' } }),
      ],
    },
  ],
};
