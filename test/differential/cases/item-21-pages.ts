import { secret, widget } from '../../contract/kube-api/widget.ts';
import { get, type Item, post, type RequestStep, remove } from '../case.ts';
import { secrets, widgets } from './collections.ts';

const four: RequestStep[] = ['a', 'b', 'c', 'd'].map((name) =>
  post(secrets, secret(name, {}, { labels: { name, half: name < 'c' ? 'first' : 'second' } })),
);
const past = { save: 'past' };

export const item21: Item = {
  number: 21,
  tier: 'P1',
  title: 'limit and continue',
  cases: [
    {
      name: 'pages of one list have one version and count what remains',
      steps: [
        ...four,
        get(`${secrets}?limit=2`, { save: 'page' }),
        get(`${secrets}?limit=2&continue=$(page.metadata.continue)`),
      ],
    },
    {
      name: 'a limit that is not reached is no page',
      steps: [...four, get(`${secrets}?limit=4`), get(`${secrets}?limit=5`), get(`${secrets}?limit=0`)],
    },
    {
      name: 'later pages show what was, though it has changed since',
      steps: [
        ...four,
        get(`${secrets}?limit=1`, { save: 'page' }),
        remove(`${secrets}/c`),
        post(secrets, secret('bb')),
        get(`${secrets}?continue=$(page.metadata.continue)`),
        get(secrets),
      ],
    },
    {
      name: 'custom objects come in pages as well',
      steps: [
        post(widgets, widget('a')),
        post(widgets, widget('b')),
        get(`${widgets}?limit=1`, { save: 'page' }),
        get(`${widgets}?limit=1&continue=$(page.metadata.continue)`),
      ],
    },
    {
      name: 'with a selector nobody counts what remains',
      steps: [...four, get(`${secrets}?limit=1&labelSelector=half%3Dfirst`)],
    },
    {
      name: 'a page ends where reading ended, though nothing more is selected',
      steps: [
        ...four,
        get(`${secrets}?limit=1&labelSelector=name%3Db`, { save: 'page' }),
        get(`${secrets}?limit=1&labelSelector=name%3Db&continue=$(page.metadata.continue)`),
      ],
    },
    { name: 'a limit must be a number', steps: [get(`${secrets}?limit=many`)] },
    { name: 'a negative limit is none', steps: [...four, get(`${secrets}?limit=-1`)] },
    {
      name: 'the cache that answers version 0 does not page',
      steps: [...four, get(`${secrets}?limit=2&resourceVersion=0`)],
    },
    {
      name: 'a page of a version is that version',
      steps: [
        post(secrets, secret('a'), past),
        post(secrets, secret('b')),
        get(`${secrets}?limit=5&resourceVersion=$(past.metadata.resourceVersion)`),
      ],
    },
    {
      name: 'the version of one object is a number',
      steps: [get(`${secrets}/a?resourceVersion=x`)],
    },
    {
      name: 'a Table says how to go on',
      steps: [...four, get(`${secrets}?limit=3`, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' })],
    },
  ],
};
