import { secret, widget } from '../../contract/kube-api/widget.ts';
import { get, type Item, post, remove } from '../case.ts';
import { secrets, widgets } from './collections.ts';

export const item03: Item = {
  number: 3,
  tier: 'P0',
  title: 'create and preconditions',
  cases: [
    {
      name: 'a create with a resourceVersion is refused',
      steps: [post(secrets, secret('a', {}, { resourceVersion: '5' }))],
    },
    {
      name: 'a create of a custom resource with a resourceVersion is refused',
      steps: [post(widgets, widget('a', {}, { resourceVersion: '5' }))],
    },
    {
      name: 'a delete with the uid of another object is refused and leaves the object',
      steps: [
        post(secrets, secret('a')),
        remove(`${secrets}/a`, { preconditions: { uid: 'another' } }),
        get(`${secrets}/a`),
      ],
    },
  ],
};
