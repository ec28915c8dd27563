import type { RecordedKey } from '../../api/types.ts';
import { fingerprint } from '../../key/fingerprint.ts';
import type { SecretValue } from '../../key/secret-value.ts';
import type { References } from './references.ts';

/**
 * The text of a key that status names, from a target that serves it or that has it among what was replaced there; undefined where
 * no target has it. Throws CallError only where some target could not be asked and none of the others has it.
 */
export async function findKeyText(
  references: Pick<References, 'store'>,
  namespace: string,
  { fingerprint: print, targets }: Pick<RecordedKey, 'fingerprint' | 'targets'>,
): Promise<SecretValue | undefined> {
  let failure: unknown;
  for (const target of targets) {
    const { keyField = 'key', version, path, storeName = '' } = target;
    try {
      const store = references.store(namespace, { ...target, storeName });
      const served = (await store.read(path))?.fields[keyField];
      if (served && fingerprint(served) === print) return served;
      const former = { fingerprint: print, keyField, ...(version === undefined ? {} : { version }) };
      const replaced = await store.readReplaced(path, former);
      if (replaced) return replaced;
    } catch (error) {
      failure = error;
    }
  }
  if (failure !== undefined) throw failure;
  return undefined;
}
