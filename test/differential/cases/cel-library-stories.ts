import type { JsonObject } from '../../../sandbox/kube/engine/json.ts';
import type { Step } from '../case.ts';
import { get, post } from '../case.ts';
import { definitions, things } from './collections.ts';
import { thing, thingDefinition } from './objects.ts';

const text = { type: 'string', maxLength: 64 };
const list = { type: 'array', maxItems: 8, items: text };
const numbers = { type: 'array', maxItems: 8, items: { type: 'integer' } };

/** A kind with one rule for each expression over the members t, l and n of spec, and objects that are tried with it. */
function tried(expressions: readonly string[], ...specs: readonly JsonObject[]): Step[] {
  const spec = {
    type: 'object',
    properties: { t: text, l: list, n: numbers },
    'x-kubernetes-validations': expressions.map((rule) => ({ rule })),
  };
  return [
    post(definitions, thingDefinition({ type: 'object', properties: { spec } })),
    get(things, { until: { status: 200 } }),
    ...specs.map((members, index) => post(things, thing(`a${index}`, { spec: members }))),
  ];
}

/** The libraries of functions that Kubernetes adds to CEL. */
export const celLibraryStories: Readonly<Record<string, readonly Step[]>> = {
  'functions of strings': tried(
    [
      "self.t.substring(1) == 'bc' && self.t.substring(0, 1) == 'a'",
      "self.t.charAt(1) == 'b' && self.t.indexOf('c') == 2 && self.t.lastIndexOf('a') == 0",
      "self.t.upperAscii() == 'ABC' && (' ' + self.t + ' ').trim() == self.t",
      "self.t.replace('b', 'x') == 'axc'",
    ],
    { t: 'abc' },
    { t: 'abd' },
  ),
  'functions of regular expressions': tried(
    ["self.t.find('[0-9]+') == '12'", "self.t.findAll('[0-9]+') == ['12', '34']"],
    { t: 'a12b34' },
    { t: 'a12' },
  ),
  'functions of lists': tried(
    [
      'self.n.isSorted() && self.n.sum() == 6',
      'self.n.min() == 1 && self.n.max() == 3',
      "self.l.indexOf('b') == 1 && self.l.lastIndexOf('b') == 2",
    ],
    { n: [1, 2, 3], l: ['a', 'b', 'b'] },
    { n: [3, 2, 1], l: ['a', 'b'] },
  ),
  'functions of URLs': tried(
    ["isURL(self.t) && url(self.t).getHostname() == 'example.com' && url(self.t).getScheme() == 'https'"],
    { t: 'https://example.com:80/path' },
    { t: 'http://example.com' },
    { t: 'no url' },
  ),
};
