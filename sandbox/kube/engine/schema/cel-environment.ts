import { Environment } from '@marcbachmann/cel-js';

type Ordered = string | number | bigint;

function extreme(list: Ordered[], isBetter: (a: Ordered, b: Ordered) => boolean): Ordered {
  const [first, ...rest] = list;
  if (first === undefined) throw new Error('min/max called on empty list');
  return rest.reduce((best, item) => (isBetter(item, best) ? item : best), first);
}

function withLists(environment: Environment): Environment {
  const isSorted = (list: Ordered[]) => list.every((item, i) => i === 0 || (list[i - 1] ?? item) <= item);
  const sum = (list: bigint[]) => list.reduce((total, item) => total + item, 0n);
  return environment
    .registerFunction(
      'string.findAll(string): list<string>',
      (s: string, re: string) => s.match(new RegExp(re, 'g')) ?? [],
    )
    .registerFunction('list.indexOf(dyn): int', (list: unknown[], item: unknown) => BigInt(list.indexOf(item)))
    .registerFunction('list.lastIndexOf(dyn): int', (list: unknown[], item: unknown) => BigInt(list.lastIndexOf(item)))
    .registerFunction('list.isSorted(): bool', isSorted)
    .registerFunction('list.sum(): int', sum)
    .registerFunction('list.min(): dyn', (list: Ordered[]) => extreme(list, (a, b) => a < b))
    .registerFunction('list.max(): dyn', (list: Ordered[]) => extreme(list, (a, b) => a > b));
}

function withUrls(environment: Environment): Environment {
  return environment
    .registerType('URL', URL)
    .registerFunction('isURL(string): bool', (s: string) => URL.canParse(s))
    .registerFunction('url(string): URL', (s: string) => new URL(s))
    .registerFunction('URL.getScheme(): string', (url: URL) => url.protocol.slice(0, -1))
    .registerFunction('URL.getHost(): string', (url: URL) => url.host)
    .registerFunction('URL.getHostname(): string', (url: URL) => url.hostname)
    .registerFunction('URL.getPort(): string', (url: URL) => url.port)
    .registerFunction('URL.getEscapedPath(): string', (url: URL) => url.pathname);
}

/**
 * The CEL environment of `x-kubernetes-validations`: `self`, `oldSelf`, and of the functions of Kubernetes
 * those of strings, regular expressions, lists and URLs.
 * @param oldSelf its type; `optional` for rules with optionalOldSelf
 */
export function createCelEnvironment(oldSelf: 'dyn' | 'optional'): Environment {
  const environment = new Environment({ homogeneousAggregateLiterals: false, enableOptionalTypes: true })
    .registerVariable('self', 'dyn')
    .registerVariable('oldSelf', oldSelf)
    .registerFunction('string.charAt(int): string', (s: string, i: bigint) => s.charAt(Number(i)))
    .registerFunction('string.replace(string, string): string', (s: string, a: string, b: string) => s.replaceAll(a, b))
    .registerFunction('string.find(string): string', (s: string, re: string) => new RegExp(re).exec(s)?.[0] ?? '');
  return withUrls(withLists(environment));
}
