import { dig } from './json.ts';
import type { KubeObject } from './object.ts';
import { badRequest } from './status.ts';

/** Decides whether an object belongs to a filtered list or watch. */
export type Matcher = (object: KubeObject) => boolean;

const everything: Matcher = () => true;
type LabelTest = (labels: { [key: string]: string }) => boolean;

const setTerm = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/;
const equalityTerm = /^([^\s=!]+)\s*(==|=|!=)\s*(\S*)$/;
const keyPattern = /^([a-z0-9.-]+\/)?[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/;

function membership(key: string, values: string[], wanted: boolean): LabelTest {
  return (labels) => {
    const value = labels[key];
    return value === undefined ? !wanted : values.includes(value) === wanted;
  };
}

function labelTest(term: string): LabelTest {
  const set = setTerm.exec(term);
  const equality = equalityTerm.exec(term);
  const negated = term.startsWith('!');
  const key = set?.[1] ?? equality?.[1] ?? term.slice(negated ? 1 : 0);
  if (!keyPattern.test(key)) throw badRequest(`unable to parse requirement: ${term}`);
  if (set) {
    const values = (set[3] ?? '').split(',').map((value) => value.trim());
    return membership(key, values, set[2] === 'in');
  }
  if (equality) {
    const value = equality[3] ?? '';
    if (!/^[\w.-]*$/.test(value)) throw badRequest(`unable to parse requirement: ${term}`);
    return membership(key, [value], equality[2] !== '!=');
  }
  return (labels) => key in labels !== negated;
}

/** Parses an equality- or set-based label selector; empty selects everything. Throws 400 for nonsense. */
export function labelMatcher(selector = ''): Matcher {
  if (selector.trim() === '') return everything;
  const tests = selector.split(/,(?![^(]*\))/).map((term) => labelTest(term.trim()));
  return (object) => tests.every((test) => test(object.metadata.labels ?? {}));
}

function fieldText(object: KubeObject, path: string): string {
  const value = dig(object, ...path.split('.'));
  return value === undefined || value === null ? '' : String(value);
}

/** Parses a field selector; only `supported` paths and name and namespace are allowed. Throws 400 for others. */
export function fieldMatcher(selector = '', supported: readonly string[] = []): Matcher {
  if (selector.trim() === '') return everything;
  const tests = selector.split(',').map((term): Matcher => {
    const [, path, operator, value] = /^\s*([^=!\s]+)\s*(==|=|!=)(.*)$/.exec(term) ?? [];
    if (path === undefined || value === undefined) throw badRequest(`invalid selector: '${term}'; can't understand it`);
    if (![...supported, 'metadata.name', 'metadata.namespace'].includes(path)) {
      throw badRequest(`field label not supported: ${path}`);
    }
    return (object) => (fieldText(object, path) === value.trim()) === (operator !== '!=');
  });
  return (object) => tests.every((test) => test(object));
}

/** True when all matchers accept the object. */
export function both(...matchers: Matcher[]): Matcher {
  return (object) => matchers.every((matches) => matches(object));
}
