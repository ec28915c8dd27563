import { Optional, type ParseResult } from '@marcbachmann/cel-js';
import { type FieldError, forbidden, invalid, omitted, required } from '../field-error.ts';
import { entries, equal, isObject, type Json } from '../json.ts';
import { createCelEnvironment } from './cel-environment.ts';
import { toCel } from './cel-value.ts';
import { child, memberSchema, oldItem, type Schema, type ValidationRule } from './schema.ts';

/** Evaluates and compiles `x-kubernetes-validations`. */
export interface CelRules {
  /** The errors of all rules in the schema; transition rules run only where an old value exists. */
  check(value: Json, schema: Schema, old?: Json): FieldError[];
  /** Why an expression does not compile, or undefined. */
  compileError(expression: string): string | undefined;
}

interface Place {
  value: Json;
  old: Json | undefined;
  schema: Schema;
  path: string;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}

/** The places below a value that may have rules of their own, each with the old value that it continues. */
function placesBelow({ value, old, schema, path }: Place): Place[] {
  if (Array.isArray(value)) {
    const items = schema.items;
    if (!items) return [];
    return value.map((item, i) => ({
      value: item,
      old: oldItem(item, old, schema),
      schema: items,
      path: `${path}[${i}]`,
    }));
  }
  if (!isObject(value)) return [];
  return entries(value).flatMap(([name, member]) => {
    const known = memberSchema(schema, name);
    const previous = isObject(old) ? old[name] : undefined;
    return known ? [{ value: member, old: previous, schema: known, path: child(path, name) }] : [];
  });
}

function refusal(rule: ValidationRule, path: string, value: Json, detail: string): FieldError {
  if (rule.reason === 'FieldValueForbidden') return forbidden(path, detail);
  if (rule.reason === 'FieldValueRequired') return required(path, detail);
  return invalid(path, typeof value === 'object' && value !== null ? omitted : value, detail);
}

/** Creates an evaluator with its own cache of compiled rules. */
export function createCelRules(): CelRules {
  const env = createCelEnvironment();
  const compiled = new Map<string, ParseResult>();

  const program = (expression: string): ParseResult => {
    const cached = compiled.get(expression) ?? env.parse(expression);
    compiled.set(expression, cached);
    return cached;
  };

  const applies = (rule: ValidationRule, place: Place): boolean => {
    const isTransition = /\boldSelf\b/.test(rule.rule);
    if (isTransition) return place.old !== undefined || rule.optionalOldSelf === true;
    return place.old === undefined || !equal(place.value, place.old);
  };

  const explain = (rule: ValidationRule, context: object): string => {
    const fallback = rule.message ?? `failed rule: ${rule.rule}`;
    if (rule.messageExpression === undefined) return fallback;
    try {
      return String(program(rule.messageExpression)({ ...context }));
    } catch {
      return fallback;
    }
  };

  const checkRule = (rule: ValidationRule, place: Place): FieldError[] => {
    const { value, old, schema } = place;
    const path = (rule.fieldPath ? child(place.path, rule.fieldPath.replace(/^\./, '')) : place.path) || '<nil>';
    const isRoot = place.path === '';
    const previous = old === undefined ? undefined : toCel(old, schema, isRoot);
    const optional = previous === undefined ? Optional.none() : Optional.of(previous);
    const context = {
      self: toCel(value, schema, isRoot),
      oldSelf: rule.optionalOldSelf ? optional : (previous ?? null),
    };
    try {
      if (program(rule.rule)(context) === true) return [];
      return [refusal(rule, path, value, explain(rule, context))];
    } catch (error) {
      return [
        refusal({ rule: rule.rule }, path, value, `${firstLine(error)} evaluating rule: ${rule.message ?? rule.rule}`),
      ];
    }
  };

  const checkPlace = (place: Place): FieldError[] => {
    const rules = place.value === null ? [] : (place.schema['x-kubernetes-validations'] ?? []);
    const own = rules.filter((rule) => applies(rule, place)).flatMap((rule) => checkRule(rule, place));
    return [...own, ...placesBelow(place).flatMap(checkPlace)];
  };

  return {
    check: (value, schema, old) => checkPlace({ value, old, schema, path: '' }),
    compileError: (expression) => {
      const result = env.check(expression);
      return result.valid ? undefined : firstLine(result.error);
    },
  };
}
