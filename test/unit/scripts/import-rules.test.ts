import { describe, expect, it } from 'vitest';
import { importProblems } from '../../../scripts/import-rules.ts';

/** The rules' verdict on one file with one import statement. */
function problemsOf(file: string, imported: string): readonly string[] {
  return importProblems(file, `import type { X } from '${imported}';\n`);
}

describe('an import against the rules is reported', () => {
  it.each([
    ['the core reaches the shell', 'src/rotation/decide.ts', '../operator/shell.ts'],
    ['the core reaches Node', 'src/rotation/decide.ts', 'node:crypto'],
    ['the core reaches a package', 'src/rotation/rules/due.ts', 'croner'],
    ['the core reaches the key folder from a subfolder', 'src/rotation/rules/due.ts', '../../key/marker.ts'],
    ['schedule reaches another package', 'src/schedule/ticks.ts', 'pino'],
    ['schedule reaches the core', 'src/schedule/ticks.ts', '../rotation/facts.ts'],
    ['key reaches the file system', 'src/key/proof.ts', 'node:fs'],
    ['key reaches the API', 'src/key/proof.ts', '../api/names.ts'],
    ['runtime reaches operator', 'src/runtime/controller.ts', '../operator/rotation/gather.ts'],
    ['runtime reaches rotation', 'src/runtime/kube/url.ts', '../../rotation/facts.ts'],
    ['runtime reaches issuers', 'src/runtime/controller.ts', '../issuers/port.ts'],
    ['runtime reaches stores', 'src/runtime/controller.ts', '../stores/port.ts'],
    ['runtime reaches evidence', 'src/runtime/controller.ts', '../evidence/report.ts'],
    ['runtime reaches server', 'src/runtime/controller.ts', '../server/probes.ts'],
    ['the shell reaches an adapter', 'src/operator/rotation/act.ts', '../../stores/vault/vault-store.ts'],
    ['the shell reaches the server', 'src/operator/rotation/act.ts', '../../server/probes.ts'],
    ['the shell reaches a package', 'src/operator/rotation/act.ts', 'undici'],
    ['an issuer reaches another issuer', 'src/issuers/apio/apio-issuer.ts', '../http/request.ts'],
    ['an issuer reaches a store', 'src/issuers/apio/apio-issuer.ts', '../../stores/port.ts'],
    ['a store reaches another store', 'src/stores/vault/vault-store.ts', '../kubernetes/kubernetes-store.ts'],
    ['a store reaches evidence', 'src/stores/vault/vault-store.ts', '../../evidence/report.ts'],
    ['evidence reaches a store', 'src/evidence/report.ts', '../stores/port.ts'],
    ['evidence reaches server', 'src/evidence/report.ts', '../server/authenticate.ts'],
    ['the operator reaches the sandbox', 'src/main.ts', '../sandbox/main.ts'],
    ['the operator reaches a test', 'src/runtime/clock.ts', '../../test/doubles/virtual-clock.ts'],
    ['the operator reaches the demo', 'src/server/probes.ts', '../../demo/main.ts'],
    ['the plugin reaches the operator', 'src/cli/commands/list.ts', '../../operator/readiness.ts'],
    ['the plugin reaches a package', 'src/cli/connection/connect.ts', 'undici'],
    ['anyone reaches main', 'src/server/probes.ts', '../main.ts'],
    ['the SDK reaches a package', 'packages/consumer/src/watch.ts', 'undici'],
    ['the SDK reaches the operator', 'packages/consumer/src/watch.ts', '../../../src/key/proof.ts'],
  ])('%s', (_name, file, imported) => {
    expect(problemsOf(file, imported)).toHaveLength(1);
  });

  it('names file, import and reason', () => {
    expect(problemsOf('src/rotation/decide.ts', '../key/marker.ts')).toEqual([
      'src/rotation/decide.ts must not import src/key/marker.ts: the core is pure: facts in, decision out',
    ]);
  });

  it.each([
    ['a plain import', "import { a } from 'croner';"],
    ['double quotes', 'import { a } from "croner";'],
    ['several lines', "import {\n  a,\n  b,\n} from 'croner';"],
    ['a default import', "import a from 'croner';"],
    ['a side effect', "import 'croner';"],
    ['a re-export', "export * from 'croner';"],
    ['a dynamic import', "const a = await import('croner');"],
    ['require', "const a = require('croner');"],
    ['a later line', "import { x } from './x.ts';\n\nimport { a } from 'croner';"],
  ])('whatever its form: %s', (_name, text) => {
    expect(importProblems('src/rotation/decide.ts', text)).toHaveLength(1);
  });
});

describe('an import within the rules is not reported', () => {
  it.each([
    ['the core imports itself from a subfolder', 'src/rotation/rules/due.ts', '../facts.ts'],
    ['the core imports the API', 'src/rotation/rules/due.ts', '../../api/types.ts'],
    ['schedule imports croner', 'src/schedule/ticks.ts', 'croner'],
    ['key imports crypto', 'src/key/proof.ts', 'node:crypto'],
    ['runtime imports key', 'src/runtime/entropy.ts', '../key/attempt-id.ts'],
    ['the shell imports a port', 'src/operator/rotation/act.ts', '../../stores/port.ts'],
    ['an issuer imports its port', 'src/issuers/apio/apio-issuer.ts', '../port.ts'],
    [
      'an issuer imports the client side of HTTP, not the issuer named http',
      'src/issuers/apio/apio-issuer.ts',
      '../../http/client.ts',
    ],
    ['server imports evidence', 'src/server/take-report.ts', '../evidence/report.ts'],
    ['main imports adapters', 'src/main.ts', './stores/vault/vault-store.ts'],
    ['the SDK imports Node', 'packages/consumer/src/watch.ts', 'node:fs'],
    ['a folder whose name begins alike', 'src/rotation/decide.ts', './api-rotation.ts'],
  ])('%s', (_name, file, imported) => {
    expect(problemsOf(file, imported)).toEqual([]);
  });
});
