import { isDelivered, parseRegister } from '../../../src/issuers/support/register.ts';
import type { Stored } from './kube-storage.ts';

const REGISTER = /-support-register$/;
const HANDOVER = /-delivered-key$/;

/** Whether this name is that of a register of what people gave. */
export function isRegister(name: string): boolean {
  return REGISTER.test(name);
}

/** Whether a Secret stands between people and us: no consumer reads it. */
export function isOfPeople({ metadata: { name } }: Stored): boolean {
  return isRegister(name) || HANDOVER.test(name);
}

/** The texts of all its fields. */
export function textsOf(secret: Stored): string[] {
  const { data = {} } = secret as Stored & { readonly data?: Readonly<Record<string, string>> };
  return Object.values(data).map((text) => Buffer.from(text, 'base64').toString('utf8'));
}

/** The keys that were taken, each with the label of its attempt. */
export function registeredIn(register: Stored | undefined): { readonly keyID: string; readonly label: string }[] {
  const [text = '[]'] = register ? textsOf(register) : [];
  return (parseRegister(text) ?? []).filter(isDelivered);
}
