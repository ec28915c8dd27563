import type { Mutant } from './mutant.ts';

const DELIVERY_NOW = 'test/unit/operator/delivery-now.test.ts';
const VAULT_STORE = 'src/stores/vault/vault-store.ts';
const VAULT_CONTRACT = 'test/contract/store/vault-faults.test.ts';
const PEOPLE = 'test/stories/keys/support-issuer.test.ts';
const NEIGHBOURS = 'test/simulation/neighbours.test.ts';

/** What lies below the ports of the simulation: HTTP, watches on the wire, what a Vault is set to, the loop that nothing may stop. */
export const OUTSIDE_MUTANTS: readonly Mutant[] = [
  {
    id: 'M22',
    says: 'an error that comes within a watch is passed over',
    edits: [
      {
        file: 'src/runtime/kube/watch-stream.ts',
        from: 'throw statusError(attempted, codeOf(event.object), event.object);',
        to: "return { type: 'BOOKMARK', resourceVersion: codeOf(event.object) && '' };",
      },
    ],
    guard: {
      test: 'test/integration/reflector.test.ts',
      name: 'the version is gone in the stream',
    },
  },
  {
    id: 'M27',
    says: 'a redirect is followed, with what was to be sent',
    edits: [
      { file: 'src/http/transport.ts', from: 'import { Agent,', to: 'import { interceptors, Agent,' },
      {
        file: 'src/http/transport.ts',
        from: 'exchange(dispatcher, request, bounds)',
        to: 'exchange(dispatcher.compose(interceptors.redirect({ maxRedirections: 3 })), request, bounds)',
      },
    ],
    guard: { test: 'test/unit/http/client.test.ts', name: 'a redirect is refused and not followed' },
  },
  {
    id: 'M28',
    says: 'an error message quotes the body of the answer',
    edits: [{ file: 'src/http/client.ts', from: 'showsCodes ? readErrorCode(json) : undefined', to: 'text' }],
    guard: {
      test: 'test/unit/http/client.test.ts',
      name: 'the message takes an error code from the body and nothing else',
    },
  },
  {
    id: 'M29',
    says: 'an issuer of another namespace is used where the own one has none of that name',
    edits: [
      {
        file: 'src/operator/rotation/gather/plan.ts',
        from: 'const object = issuers.get(referenceKey(namespace, issuerRef));',
        to: "const object = issuers.get(referenceKey(namespace, issuerRef)) ?? issuers.get(referenceKey('team', issuerRef));",
      },
    ],
    guard: {
      test: 'test/unit/operator/plan.test.ts',
      name: 'objects of the same name in another namespace are not looked at',
    },
  },
  {
    id: 'M30',
    says: 'an operator of one namespace lists objects of all',
    edits: [
      {
        file: 'src/operator/operator.ts',
        from: 'selection: { resource, namespace },',
        to: 'selection: { resource, namespace: undefined },',
      },
    ],
    guard: {
      test: 'test/integration/rbac.test.ts',
      name: 'let an operator of one namespace issue, rotate and delete, and grant nothing that is not used',
    },
  },
  {
    id: 'M40',
    says: 'an object whose reconcile throws something unexpected ends the loop',
    edits: [
      {
        file: 'src/runtime/controller.ts',
        from: 'return fail(key, error, log);',
        to: 'if (!(error instanceof CallError)) throw error;\n      return fail(key, error, log);',
      },
      { file: 'src/runtime/workqueue.ts', from: '} catch {\n      retry(key);\n    } finally {', to: '} finally {' },
    ],
    guard: {
      test: 'test/unit/runtime/controller.test.ts',
      name: 'an object whose reconcile always throws something unexpected harms no other',
    },
  },
  {
    id: 'X32',
    says: 'what an issuer lists is taken for the own keys of whoever asks',
    edits: [
      {
        file: 'src/operator/rotation/gather/keys.ts',
        from: 'if (!parsed || !isOf(parsed, owner)) return [];',
        to: 'if (!parsed) return [];',
      },
    ],
    guard: { test: NEIGHBOURS, name: 'two-clusters on one account that rotate at one time leave each other alone' },
  },
  {
    id: 'X33',
    says: 'keys of another installation are taken for own ones, where their object has the same uid',
    edits: [
      {
        file: 'src/key/attempt-id.ts',
        from: 'id.installation === owner.installation && id.uid === owner.uid',
        to: 'id.uid === owner.uid',
      },
    ],
    guard: { test: NEIGHBOURS, name: 'two-clusters on one account that rotate at one time leave each other alone' },
  },
  {
    id: 'X34',
    says: 'keys of another object of the same installation are taken for own ones',
    edits: [
      {
        file: 'src/key/attempt-id.ts',
        from: 'id.installation === owner.installation && id.uid === owner.uid',
        to: 'id.installation === owner.installation',
      },
    ],
    guard: { test: NEIGHBOURS, name: 'two-objects on one account that rotate at one time leave each other alone' },
  },
  {
    id: 'X44',
    says: 'a key that people gave for one request is taken for the next one too',
    edits: [
      {
        file: 'src/issuers/support/delivered-key.ts',
        from: 'known.find((each) => each.fingerprint === print);',
        to: 'undefined;',
      },
    ],
    guard: { test: PEOPLE, name: 'the key in use, given once more' },
  },
  {
    id: 'X45',
    says: 'whoever starts forgets what people were asked for, and asks them anew',
    edits: [
      {
        file: 'src/rotation/rules/awaiting-people.ts',
        from: 'if (recovering || restoredKey ||',
        to: 'if (attemptAt !== undefined ||',
      },
    ],
    guard: { test: PEOPLE, name: 'at any moment: the request stays the same, and the key that is given is taken once' },
  },
  {
    id: 'X46',
    says: 'an attempt works by what held when it began',
    edits: [{ file: 'src/operator/rotation/act/delivery.ts', from: '    context = now;\n', to: '' }],
    guard: {
      test: DELIVERY_NOW,
      name: 'a key is given back by what people say when that is done, not by what they had said when it was begun',
    },
  },
  {
    id: 'X80',
    says: 'a path that status names is read in a store of the cluster without a grant',
    edits: [
      {
        file: 'src/operator/rotation/references.ts',
        from: 'if (!isClusterStore(object)) return store;',
        to: 'if (object) return store;',
      },
    ],
    guard: { test: 'test/stories/tenants/confinement.test.ts', name: 'in a rotation: it waits and says why' },
  },
  {
    id: 'X81',
    says: 'a running rotation has its key issued although the grant was withdrawn',
    edits: [
      {
        file: 'src/operator/rotation/references.ts',
        from: 'if (!isOfCluster(identity)) return issuer;',
        to: 'if (identity) return issuer;',
      },
    ],
    guard: {
      test: 'test/stories/tenants/withdrawing.test.ts',
      name: 'for keys, before one was issued: none is, until it is given back',
    },
  },
  {
    id: 'X83',
    says: 'a key that was issued before is written to a store that takes no such keys any more',
    edits: [{ file: 'src/operator/rotation/act/delivery.ts', from: '    assertTaken(target);\n', to: '' }],
    guard: {
      test: 'test/stories/tenants/refused-source.test.ts',
      name: 'is not written to with a key that was issued before: it waits in hand, and a person is told',
    },
  },
  {
    id: 'X84',
    says: 'a key is issued for a store that takes no such keys any more',
    edits: [
      {
        file: 'src/operator/rotation/act/delivery.ts',
        from: '      for (const target of targets) now.assertTaken(target);\n',
        to: '',
      },
    ],
    guard: { test: 'test/stories/tenants/refused-source.test.ts', name: 'has none issued for it' },
  },
  {
    id: 'M34',
    says: 'a Vault that deletes versions by itself is written to, and the key that is served goes with its version',
    edits: [{ file: VAULT_STORE, from: 'if (expires && !tolerates(', to: 'if (expires && tolerates(' }],
    guard: { test: VAULT_CONTRACT, name: 'refuses a mount that deletes versions by itself, and says what to run' },
  },
  {
    id: 'M35',
    says: 'a Vault that keeps one version only is written to, and nobody can go back to the key before',
    edits: [
      { file: VAULT_STORE, from: 'if (maxVersions === 1 && !tolerates(', to: 'if (maxVersions === 1 && tolerates(' },
    ],
    guard: { test: VAULT_CONTRACT, name: 'refuses a mount that keeps one version only, and says what to run' },
  },
];
