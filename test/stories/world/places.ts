import type { KubeEngine } from '../../../sandbox/kube/engine/engine.ts';
import type { VaultEngine } from '../../../sandbox/vault/engine/vault-engine.ts';
import type { KeyStoreObject } from '../../../src/api/types.ts';
import { decodeSecret, MARKER_ANNOTATION, type Secret } from '../../../src/stores/kubernetes/secret-data.ts';
import { MARKER_FIELD } from '../../../src/stores/vault/vault-fields.ts';

/** The types of store that a world can have, each with one target. */
export type StoreType = Extract<KeyStoreObject['spec']['type'], 'Vault' | 'KubernetesSecret'>;

export const NAMESPACE = 'payments';
export const MOUNT = 'secret';
/** The target of each store, as a rotation names it. */
export const TARGETS = {
  Vault: { name: 'vault', storeRef: { name: 'vault' }, path: 'payments/apio' },
  KubernetesSecret: { name: 'secret', storeRef: { name: 'secrets' }, path: 'payments-apio' },
} as const satisfies Record<StoreType, object>;

/** Another place in Vault, for a second target. */
export const SECOND = { name: 'second', storeRef: TARGETS.Vault.storeRef, path: 'payments/second' };

/** A value that stood at a path once, in plaintext. */
export interface WrittenValue {
  readonly path: string;
  readonly key: string | undefined;
  readonly marker: string | undefined;
}

/** What stands at the places that targets name, whatever store they are in, and what stood there. */
export interface Places {
  /** The fields that a reader of the path is served now. */
  serving(path: string): Readonly<Record<string, string>> | undefined;
  /** Every version that was written, oldest first at each path; of Vault those that it still has. */
  written(): readonly WrittenValue[];
  /** The texts of keys that the Secret beside that of a path keeps. */
  kept(path: string): readonly string[];
}

const isKept = (name: string) => name.endsWith('-previous');

export function createPlaces(kube: KubeEngine, vault: VaultEngine): Places {
  const secrets: WrittenValue[] = [];
  kube.watch({ resource: 'secrets', namespace: NAMESPACE }, {}, ({ type, object }) => {
    const { name } = object.metadata;
    if (type === 'DELETED' || isKept(name)) return;
    const marker = object.metadata.annotations?.[MARKER_ANNOTATION];
    secrets.push({ path: name, key: fieldsOf(object as Secret).key, marker });
  });

  function secretAt(name: string): Secret | undefined {
    const { items } = kube.list({ resource: 'secrets', namespace: NAMESPACE });
    return items.find(({ metadata }) => metadata.name === name) as Secret | undefined;
  }

  return {
    serving(path) {
      const data = vault.serving(MOUNT, path);
      const secret = data ? undefined : secretAt(path);
      return (data as Record<string, string> | undefined) ?? (secret && fieldsOf(secret));
    },
    written() {
      const versions = vault.held().map(({ path, data }) => {
        const { key, [MARKER_FIELD]: marker } = data;
        return { path, key: asText(key), marker: asText(marker) };
      });
      return [...versions, ...secrets];
    },
    kept(path) {
      const secret = secretAt(`${path}-previous`);
      return secret ? Object.values(fieldsOf(secret)) : [];
    },
  };
}

function fieldsOf(secret: Secret): Record<string, string> {
  const { fields } = decodeSecret(secret);
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value.reveal()]));
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
