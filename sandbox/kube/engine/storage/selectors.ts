import { dig } from '../json.ts';
import type { KubeObject } from '../object.ts';
import { badRequest } from '../status.ts';
import { parseLabelSelector } from './label-selector.ts';

/** Decides whether an object belongs to a filtered list or watch. */
export type Matcher = (object: KubeObject) => boolean;

const everything: Matcher = () => true;

/** Parses an equality- or set-based label selector; empty selects everything. Throws 400 for nonsense. */
export function labelMatcher(selector = ''): Matcher {
  const tests = parseLabelSelector(selector);
  return tests.length === 0 ? everything : ({ metadata }) => tests.every((test) => test(metadata.labels ?? {}));
}

function fieldText(object: KubeObject, path: string): string {
  const value = dig(object, ...path.split('.'));
  return value === undefined || value === null ? '' : String(value);
}

/** Built-in kinds without fields of their own share a refusal. */
function unsupported(path: string, supported: readonly string[], custom: boolean): string {
  if (custom || supported.length > 0) return `field label not supported: ${path}`;
  return `${JSON.stringify(path)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

/** Parses a field selector; only `supported` paths and name and namespace are allowed. Throws 400 for others. */
export function fieldMatcher(selector = '', supported: readonly string[] = [], custom = true): Matcher {
  if (selector.trim() === '') return everything;
  const tests = selector.split(',').map((term): Matcher => {
    const [, path, operator, value] = /^\s*([^=!\s]+)\s*(==|=|!=)(.*)$/.exec(term) ?? [];
    if (path === undefined || value === undefined)
      throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`);
    if (![...supported, 'metadata.name', 'metadata.namespace'].includes(path)) {
      throw badRequest(unsupported(path, supported, custom));
    }
    return (object) => (fieldText(object, path) === value.trim()) === (operator !== '!=');
  });
  return (object) => tests.every((test) => test(object));
}

/** True when all matchers accept the object. */
export function both(...matchers: Matcher[]): Matcher {
  return (object) => matchers.every((matches) => matches(object));
}
