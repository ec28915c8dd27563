import { Environment } from '@marcbachmann/cel-js';

/**
 * The CEL environment of `x-kubernetes-validations`: `self`, `oldSelf`, the string and regex functions of Kubernetes.
 * @param oldSelf its type; `optional` for rules with optionalOldSelf
 */
export function createCelEnvironment(oldSelf: 'dyn' | 'optional'): Environment {
  return new Environment({ homogeneousAggregateLiterals: false, enableOptionalTypes: true })
    .registerVariable('self', 'dyn')
    .registerVariable('oldSelf', oldSelf)
    .registerFunction('string.charAt(int): string', (s: string, i: bigint) => s.charAt(Number(i)))
    .registerFunction('string.replace(string, string): string', (s: string, a: string, b: string) => s.replaceAll(a, b))
    .registerFunction('string.find(string): string', (s: string, re: string) => new RegExp(re).exec(s)?.[0] ?? '');
}
