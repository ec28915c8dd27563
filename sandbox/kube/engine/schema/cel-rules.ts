import { Optional, type ParseResult } from '@marcbachmann/cel-js';
import { duplicate, type FieldError, forbidden, invalid, omitted, required } from '../field-error.ts';
import { entries, equal, isObject, type Json } from '../json.ts';
import { createCelEnvironment } from './cel-environment.ts';
import { toCel } from './cel-value.ts';
import { child, memberSchema, oldItem, type Schema, type ValidationRule } from './schema.ts';

/** Evaluates and compiles `x-kubernetes-validations`. */
export interface CelRules {
  /**
   * The errors of all rules in the schema; transition rules run only where an old value exists. `warn` is told of broken
   * rules over values that did not change.
   */
  check(value: Json, schema: Schema, old?: Json, warn?: (message: string) => void): FieldError[];
  /** Why a rule does not compile, or undefined. */
  compileError(rule: ValidationRule): string | undefined;
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

/** Why a rule could not be evaluated, in the words of cel-go. */
function evaluationError(error: unknown): string {
  const why = firstLine(error);
  if (/^Invalid duration/.test(why)) return "type conversion error from 'string' to 'google.protobuf.Duration'";
  return why.replace(/^No such key/, 'no such key');
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
    const isProperty = Object.hasOwn(schema.properties ?? {}, name);
    const at = isProperty ? child(path, name) : `${path}[${name}]`;
    return known ? [{ value: member, old: previous, schema: known, path: at }] : [];
  });
}

function refusal(rule: ValidationRule, path: string, value: Json, detail: string): FieldError {
  if (rule.reason === 'FieldValueForbidden') return forbidden(path, detail);
  if (rule.reason === 'FieldValueRequired') return required(path, detail);
  const shown = typeof value === 'object' && value !== null ? omitted : value;
  return rule.reason === 'FieldValueDuplicate' ? duplicate(path, shown) : invalid(path, shown, detail);
}

/** Made once for all evaluators, since that takes long and rules leave no trace in them. */
const environments = { dyn: createCelEnvironment('dyn'), optional: createCelEnvironment('optional') };

/** Creates an evaluator with its own cache of compiled rules. */
export function createCelRules(): CelRules {
  const compiled = { dyn: new Map<string, ParseResult>(), optional: new Map<string, ParseResult>() };
  const typeOf = ({ optionalOldSelf }: ValidationRule) => (optionalOldSelf ? 'optional' : 'dyn');

  const program = (rule: ValidationRule, expression = rule.rule): ParseResult => {
    const type = typeOf(rule);
    const cached = compiled[type].get(expression) ?? environments[type].parse(expression);
    compiled[type].set(expression, cached);
    return cached;
  };

  const isTransition = ({ rule }: ValidationRule) => /\boldSelf\b/.test(rule);

  const applies = (rule: ValidationRule, { old }: Place): boolean =>
    !isTransition(rule) || old !== undefined || rule.optionalOldSelf === true;

  /** A rule may have come after the value, which may then stay as it is. */
  const isRatcheted = (rule: ValidationRule, { value, old }: Place): boolean =>
    !isTransition(rule) && old !== undefined && equal(value, old);

  const explain = (rule: ValidationRule, context: object): string => {
    const fallback = rule.message ?? `failed rule: ${rule.rule}`;
    if (rule.messageExpression === undefined) return fallback;
    try {
      return String(program(rule, rule.messageExpression)({ ...context }));
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
      if (program(rule)(context) === true) return [];
      return [refusal(rule, path, value, explain(rule, context))];
    } catch (error) {
      const why = `${evaluationError(error)} evaluating rule: ${rule.message ?? rule.rule}`;
      return [invalid(path, schema.type ?? '', why)];
    }
  };

  const checkPlace = (place: Place, warn?: (message: string) => void): FieldError[] => {
    const rules = place.value === null ? [] : (place.schema['x-kubernetes-validations'] ?? []);
    const own = rules
      .filter((rule) => applies(rule, place))
      .flatMap((rule) => {
        if (!isRatcheted(rule, place)) return checkRule(rule, place);
        for (const { field, message } of warn ? checkRule(rule, place) : []) warn?.(`${field}: ${message}`);
        return [];
      });
    return [...own, ...placesBelow(place).flatMap((below) => checkPlace(below, warn))];
  };

  const compileError: CelRules['compileError'] = (rule) => {
    const result = environments[typeOf(rule)].check(rule.rule);
    return result.valid ? undefined : firstLine(result.error);
  };

  return {
    check: (value, schema, old, warn) => checkPlace({ value, old, schema, path: '' }, warn),
    compileError,
  };
}
