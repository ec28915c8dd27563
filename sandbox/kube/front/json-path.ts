import { asArray, entries, isObject, type Json } from '../engine/json.ts';

type Step = (value: Json) => Json[];

const tokens =
  /\[\?\(@\.([\w.-]+)\s*==\s*["']([^"']*)["']\)\]|\[['"]([^'"]+)['"]\]|\[(\*|-?\d+)\]|\.((?:\\.|[^.[\\])+)/g;

function member(name: string): Step {
  return (value) => (isObject(value) && value[name] !== undefined ? [value[name]] : []);
}

function index(position: string): Step {
  if (position === '*') return (value) => (isObject(value) ? entries(value).map(([, item]) => item) : asArray(value));
  return (value) => asArray(value).slice(Number(position)).slice(0, 1);
}

function filter(path: string, wanted: string): Step {
  return (value) => asArray(value).filter((item) => String(evaluate(item, `.${path}`)[0]) === wanted);
}

function parse(path: string): Step[] {
  return [...path.matchAll(tokens)].map(([, filterPath, wanted, quoted, position, plain]) => {
    if (filterPath !== undefined) return filter(filterPath, wanted ?? '');
    if (position !== undefined) return index(position);
    return member(quoted ?? (plain ?? '').replace(/\\(.)/g, '$1'));
  });
}

/**
 * The values that a JSONPath of printer columns selects: members, escaped dots, `['quoted']`, indexes, `[*]` and
 * `[?(@.type=="Ready")]`.
 */
export function evaluate(value: Json, path: string): Json[] {
  return parse(path).reduce<Json[]>((values, step) => values.flatMap(step), [value]);
}
