import { secret } from '../../contract/kube-api/widget.ts';
import { get, type Item, post, type RequestStep } from '../case.ts';
import { configMaps, definitions, events, keyStores, pods, secrets } from './collections.ts';
import { definition, event } from './objects.ts';

const labelled: RequestStep[] = [
  post(secrets, secret('a', {}, { labels: { app: 'web', tier: 'front' } })),
  post(secrets, secret('b', {}, { labels: { app: 'web', level: '7' } })),
  post(secrets, secret('c', { type: 'example.com/other' })),
];
const byLabels = (selector: string, path = secrets) => get(`${path}?labelSelector=${encodeURIComponent(selector)}`);
const byFields = (selector: string, path = secrets) => get(`${path}?fieldSelector=${encodeURIComponent(selector)}`);

function selecting(name: string, ...selectors: string[]) {
  return { name, steps: [...labelled, ...selectors.map((selector) => byLabels(selector))] };
}

export const item26: Item = {
  number: 26,
  tier: 'P1',
  title: 'label and field selectors',
  cases: [
    selecting('labels that are equal or not', 'app=web', 'app==web,tier=front', 'app!=web', 'tier!=front'),
    selecting('labels in a set or not', 'tier in (front,back)', 'tier notin (front)', 'app in (web), level'),
    selecting('labels that are there or not', 'tier', '!tier', 'app,!tier'),
    selecting('labels greater or less than a number', 'level>5', 'level<5', 'level > 6, app'),
    selecting('empty values and empty selectors', 'app=', 'tier in ()', ' '),
    { name: 'operators that make no sense', steps: [byLabels('a=b=c'), byLabels('a foo b'), byLabels('a=')] },
    {
      name: 'sets that are not closed',
      steps: [byLabels('a in (b'), byLabels('a in'), byLabels('a in b'), byLabels('a in (b)(c)')],
    },
    { name: 'selectors that begin or end with a comma', steps: [byLabels(',a'), byLabels('a,'), byLabels('!')] },
    {
      name: 'keys and values that no label can have',
      steps: [byLabels('-a'), byLabels('a=-b'), byLabels('a in (-b)'), byLabels(`a=${'x'.repeat(64)}`)],
    },
    { name: 'only numbers are greater or less', steps: [byLabels('a>b')] },
    {
      name: 'every object has its name as a field',
      steps: [
        ...labelled,
        byFields('metadata.name=a'),
        byFields('metadata.name!=a,metadata.namespace=$(ns)'),
        byFields('metadata.name=a', keyStores),
      ],
    },
    { name: 'Secrets are selected by type', steps: [...labelled, byFields('type=Opaque'), byFields('type!=Opaque')] },
    {
      name: 'Events are selected by what they are about',
      steps: [
        post(events, event('a')),
        post(events, event('b', { reason: 'Left', type: 'Warning' })),
        byFields('involvedObject.kind=Pod,reason=Left', events),
        byFields('type!=Normal', events),
        byFields('involvedObject.name=two', events),
      ],
    },
    {
      name: 'Pods are selected by node, phase and account',
      steps: [
        byFields('spec.nodeName=a,status.phase=Running', pods),
        byFields('spec.serviceAccountName=default', pods),
      ],
    },
    {
      name: 'Namespaces are selected by phase',
      steps: [get('/api/v1/namespaces?fieldSelector=metadata.name%3D$(ns),status.phase%3DActive')],
    },
    {
      name: 'fields that nobody selects by',
      steps: [
        byFields('data=x'),
        byFields('data=x', configMaps),
        byFields('spec.type=Vault', keyStores),
        byFields('message=x', events),
        byFields('spec.image=x', pods),
      ],
    },
    { name: 'field selectors that make no sense', steps: [byFields('nonsense'), byFields('nonsense', keyStores)] },
    {
      name: 'a definition names the fields that its objects are selected by',
      steps: [
        post(definitions, definition('selected.example.com', { selectableFields: [{ jsonPath: '.spec.colour' }] })),
        post(
          '/apis/selected.example.com/v1/namespaces/$(ns)/things',
          { apiVersion: 'selected.example.com/v1', kind: 'Thing', metadata: { name: 'a' }, spec: { colour: 'red' } },
          { until: { status: 201 } },
        ),
        byFields('spec.colour=red', '/apis/selected.example.com/v1/namespaces/$(ns)/things'),
        byFields('spec.colour!=red', '/apis/selected.example.com/v1/namespaces/$(ns)/things'),
        byFields('spec.size=1', '/apis/selected.example.com/v1/namespaces/$(ns)/things'),
      ],
    },
  ],
};
