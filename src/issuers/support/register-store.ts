import { CallError } from '../../http/call-error.ts';
import type { KubeApi, KubeObject, ObjectRef } from '../../runtime/kube/kube-api.ts';
import { isConflict } from '../../runtime/kube/kube-errors.ts';
import { secrets } from '../../runtime/kube/resources.ts';
import { formatRegister, parseRegister, type Register } from './register.ts';

/** Where the register of one issuer is kept. */
export interface RegisterStore {
  /** Empty where nobody was ever asked for anything. */
  read(): Promise<Register>;
  /** Makes a change by compare-and-set, on what stands there then; answers what stands there afterwards. */
  update(change: (register: Register) => Register): Promise<Register>;
}

interface Secret extends KubeObject {
  type?: string;
  data?: Record<string, string>;
}

const FIELD = 'register.json';
const TRIES = 5;

/** A Secret beside the issuer: whoever may change it may deliver keys as well. */
export function createRegisterStore(kube: Pick<KubeApi, 'get' | 'create' | 'replace'>, ref: ObjectRef): RegisterStore {
  const title = `Secret ${ref.namespace}/${ref.name}`;

  async function look(): Promise<{ readonly secret: Secret | undefined; readonly register: Register }> {
    const secret = await kube.get<Secret>(ref);
    if (!secret) return { secret, register: [] };
    const register = parseRegister(Buffer.from(secret.data?.[FIELD] ?? '', 'base64').toString('utf8'));
    if (register) return { secret, register };
    const why = `${title} should hold in ${FIELD} what people were asked for and what they gave, and does not`;
    throw new CallError(
      'refused',
      'RegisterUnreadable',
      `${why}; restore it, or move it away where it is somebody else's`,
    );
  }

  async function write(secret: Secret | undefined, register: Register): Promise<void> {
    const data = { [FIELD]: Buffer.from(formatRegister(register)).toString('base64') };
    const { namespace, name } = ref;
    if (secret) await kube.replace<Secret>(ref, { ...secret, data });
    else await kube.create<Secret>(secrets, namespace, { metadata: { name }, type: 'Opaque', data });
  }

  return {
    read: async () => (await look()).register,
    async update(change) {
      for (let tries = 1; ; tries += 1) {
        const { secret, register } = await look();
        const changed = change(register);
        if (changed === register) return register;
        try {
          await write(secret, changed);
          return changed;
        } catch (error) {
          if (!isConflict(error) || tries === TRIES) throw error;
        }
      }
    },
  };
}
