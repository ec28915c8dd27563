import { badRequest } from '../status.ts';
import { keyErrors, labelValueErrors } from '../writes/metadata.ts';

/** One requirement of a label selector. */
export type LabelTest = (labels: { [key: string]: string }) => boolean;

const symbols = ['', ',', '(', ')', '!', '=', '==', '!=', '>', '<', 'in', 'notin'];
const operators = 'in, notin, =, ==, !=, gt, lt';

function member(key: string, values: string[], wanted: boolean): LabelTest {
  return (labels) => {
    const value = labels[key];
    return value === undefined ? !wanted : values.includes(value) === wanted;
  };
}

function compared(key: string, limit: number, isGreater: boolean): LabelTest {
  return (labels) => {
    const value = Number(labels[key] ?? 'none');
    return isGreater ? value > limit : value < limit;
  };
}

/**
 * Parses a label selector, worded as k8s.io/apimachinery `labels.Parse` words its refusals. Throws 400.
 * A word may stand where an operator of that spelling may not: `in in (in)`.
 */
export function parseLabelSelector(selector: string): LabelTest[] {
  const words: string[] = selector.match(/==|!=|[=!<>(),]|[^=!<>(),\s]+/g) ?? [];
  const next = () => words.shift() ?? '';
  const isSymbol = (word: string) => symbols.includes(word);
  const refuse = (found: string, expected: string) => badRequest(`found '${found}', expected: ${expected}`);

  const values = (): string[] => {
    const open = next();
    if (open !== '(') throw badRequest(`found '${open}' expected: '('`);
    const list: string[] = [];
    for (let word = next(); word !== ')'; word = next()) {
      if (word === '') throw refuse('', "',' or ')'");
      if (word === ',') list.push(...(list.length === 0 || words[0] === ',' || words[0] === ')' ? [''] : []));
      else list.push(word);
    }
    return list;
  };

  const valid = (key: string, list: string[]): string[] => {
    for (const [index, value] of list.entries()) {
      const problems = labelValueErrors(value);
      if (problems.length === 0) continue;
      throw badRequest(`values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${problems.join('; ')}`);
    }
    return list;
  };

  const comparison = (key: string, operator: string): LabelTest => {
    if (operator === 'in' || operator === 'notin') return member(key, valid(key, values()), operator === 'in');
    if (!['=', '==', '!=', '>', '<'].includes(operator)) throw refuse(operator, operators);
    const isEmpty = words[0] === undefined || words[0] === ',';
    const value = isEmpty ? '' : next();
    if (isSymbol(value) && value !== '' && !/n$/.test(value)) throw refuse(value, 'identifier');
    if (/[<>]/.test(operator) && !/^-?\d+$/.test(value)) {
      const why = "for 'Gt', 'Lt' operators, the value must be an integer";
      throw badRequest(`values[0]: Invalid value: ${JSON.stringify(value)}: ${why}`);
    }
    if (operator === '>' || operator === '<') return compared(key, Number(value), operator === '>');
    return member(key, valid(key, [value]), operator !== '!=');
  };

  const requirement = (): LabelTest => {
    const isNegated = words[0] === '!';
    if (isNegated) next();
    const key = next();
    if (isSymbol(key) && !/n$/.test(key)) throw refuse(key, 'identifier');
    const problems = keyErrors(key);
    if (problems.length > 0) throw badRequest(`<nil>: Invalid value: ${JSON.stringify(key)}: ${problems.join('; ')}`);
    if (isNegated) return (labels) => !Object.hasOwn(labels, key);
    if (words[0] === undefined || words[0] === ',') return (labels) => Object.hasOwn(labels, key);
    return comparison(key, next());
  };

  const tests: LabelTest[] = [];
  while (words.length > 0) {
    const [start = ''] = words;
    if (isSymbol(start) && start !== '!' && !/n$/.test(start)) {
      throw refuse(start, tests.length === 0 ? "!, identifier, or 'end of string'" : "identifier after ','");
    }
    try {
      tests.push(requirement());
    } catch (error) {
      throw badRequest(`unable to parse requirement: ${error instanceof Error ? error.message : ''}`);
    }
    const end = next();
    if (end !== ',' && end !== '') throw refuse(end, "',' or 'end of string'");
    if (end === ',' && words.length === 0) throw refuse('', "identifier after ','");
  }
  return tests;
}
