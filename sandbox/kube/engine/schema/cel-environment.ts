import { Environment } from '@marcbachmann/cel-js';

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function registerUrls(env: Environment): void {
  env.registerFunction('isURL(string): bool', (text: string) => parseUrl(text) !== undefined);
  env.registerType('net.URL', URL);
  env.registerFunction('url(string): net.URL', (text: string) => new URL(text));
  env.registerFunction('net.URL.getScheme(): string', (url: URL) => url.protocol.slice(0, -1));
  env.registerFunction('net.URL.getHost(): string', (url: URL) => url.host);
  env.registerFunction('net.URL.getHostname(): string', (url: URL) => url.hostname.replace(/^\[|\]$/g, ''));
  env.registerFunction('net.URL.getPort(): string', (url: URL) => url.port);
  env.registerFunction('net.URL.getEscapedPath(): string', (url: URL) => url.pathname);
}

/** The Kubernetes CEL environment for `x-kubernetes-validations`: `self`, `oldSelf`, strings, regex and URL libraries. */
export function createCelEnvironment(): Environment {
  const env = new Environment({ homogeneousAggregateLiterals: false, enableOptionalTypes: true })
    .registerVariable('self', 'dyn')
    .registerVariable('oldSelf', 'dyn')
    .registerFunction('string.charAt(int): string', (s: string, i: bigint) => s.charAt(Number(i)))
    .registerFunction('string.replace(string, string): string', (s: string, a: string, b: string) => s.replaceAll(a, b))
    .registerFunction('string.find(string): string', (s: string, re: string) => new RegExp(re).exec(s)?.[0] ?? '')
    .registerFunction('string.findAll(string): list<string>', (s: string, re: string) =>
      [...s.matchAll(new RegExp(re, 'g'))].map((match) => match[0]),
    );
  registerUrls(env);
  return env;
}
