import { secret } from '../../contract/kube-api/widget.ts';
import { get, type Item, jsonPatch, merge, post, watch } from '../case.ts';
import { secrets } from './collections.ts';

export const item01: Item = {
  number: 1,
  tier: 'P0',
  title: 'resourceVersions',
  cases: [
    {
      name: 'an update that changes nothing keeps the version and is no event',
      steps: [
        post(secrets, secret('a', { stringData: { x: '1' } }), { save: 'made' }),
        merge(`${secrets}/a`, { stringData: { x: '1' } }),
        jsonPatch(`${secrets}/a`, [{ op: 'add', path: '/metadata/labels', value: { last: 'word' } }]),
        watch(`${secrets}?watch=true&resourceVersion=$(made.metadata.resourceVersion)`, 1),
        get(secrets),
      ],
    },
  ],
};
