import { apply, get, type Item, merge, post } from '../case.ts';
import { configMaps, keyStores } from './collections.ts';
import { configMap, keyStore } from './objects.ts';

const config = `${configMaps}/a`;
const store = `${keyStores}/a`;
const me = 'fieldManager=me';

export const item24: Item = {
  number: 24,
  tier: 'P1',
  title: 'server-side apply (not served: its refusals)',
  cases: [
    {
      name: 'applying creates what is not there',
      steps: [apply(`${config}?${me}`, configMap('a', { data: { x: '1' } }))],
    },
    {
      name: 'applying over the field of another manager is a conflict',
      steps: [
        apply(`${config}?${me}`, configMap('a', { data: { x: '1' } })),
        apply(`${config}?fieldManager=you`, configMap('a', { data: { x: '2' } })),
      ],
    },
    { name: 'applying needs a field manager', steps: [apply(config, configMap('a')), apply(store, keyStore('a'))] },
    {
      name: 'what is applied is an object',
      steps: [apply(`${config}?${me}`, [1]), apply(`${config}?${me}`, 'text'), apply(`${store}?${me}`, 1)],
    },
    {
      name: 'what is applied is of the kind of its path',
      steps: [apply(`${config}?${me}`, { ...configMap('a'), kind: 'Secret' }), apply(`${store}?${me}`, configMap('a'))],
    },
    {
      name: 'what is applied is of the version of its path',
      steps: [
        apply(`${config}?${me}`, { ...configMap('a'), apiVersion: 'v2' }),
        apply(`${store}?${me}`, { ...keyStore('a'), apiVersion: 'apikeyrotation.io/v9' }),
      ],
    },
    {
      name: 'managed fields cannot be applied',
      steps: [apply(`${config}?${me}`, configMap('a', {}, { managedFields: [{}] }))],
    },
    {
      name: 'options of an apply are judged',
      steps: [
        apply(`${config}?${me}&dryRun=Some`, configMap('a')),
        apply(`${config}?fieldManager=${'x'.repeat(129)}`, configMap('a')),
        apply(`${store}?${me}&fieldValidation=Some`, keyStore('a')),
      ],
    },
    {
      name: 'a custom object that is applied has a name',
      steps: [
        apply(`${store}?${me}`, {
          apiVersion: 'apikeyrotation.io/v1alpha1',
          kind: 'KeyStore',
          spec: { type: 'KubernetesSecret' },
        }),
      ],
    },
    {
      name: 'an apply patch is no body of a creation',
      steps: [post(configMaps, configMap('a'), { contentType: 'application/apply-patch+yaml' })],
    },
    {
      name: 'other patches cannot be forced',
      steps: [post(configMaps, configMap('a')), merge(`${config}?force=true`, {}), merge(`${config}?force=false`, {})],
    },
    {
      name: 'a collection cannot be applied to',
      steps: [apply(`${configMaps}?${me}`, configMap('a')), get(configMaps)],
    },
  ],
};
