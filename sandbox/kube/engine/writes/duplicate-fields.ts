import { child } from '../schema/schema.ts';

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** The paths of members that an object of a JSON text has more than once; parsers keep the last one and say nothing. */
export function duplicateFields(text: string): string[] {
  const words: string[] = text.match(tokens) ?? [];
  const found: string[] = [];
  let at = 0;
  const take = () => words[at++] ?? '';

  const members = (path: string): void => {
    const names = new Set<string>();
    for (let word = take(); word !== '}' && word !== ''; word = take()) {
      if (word === ',') continue;
      const name: unknown = JSON.parse(word);
      const place = child(path, String(name));
      if (names.has(place)) found.push(place);
      names.add(place);
      take();
      value(place);
    }
  };
  const items = (path: string): void => {
    for (let index = 0; words[at] !== ']' && at < words.length; index++) {
      value(`${path}[${index}]`);
      if (words[at] === ',') take();
    }
    take();
  };
  const value = (path: string): void => {
    const word = take();
    if (word === '{') members(path);
    else if (word === '[') items(path);
  };
  value('');
  return found;
}
