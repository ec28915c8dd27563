import { ageText } from '../view/times.ts';
import { type Check, fault, ok } from './finding.ts';

const CHECK = 'clock';
/** Tokens and certificates are good for minutes; less than this is the way of the answer. */
const TOLERATED_MS = 30_000;

/** This machine's clock against the API server's: with a wrong one certificates and tokens seem expired. */
export const clock: Check = async ({ session: { clock: own, serverTime } }) => {
  const behindMs = serverTime.lowerBound() - own.now();
  if (Math.abs(behindMs) <= TOLERATED_MS) return [ok(CHECK, 'this machine', 'its clock is that of the API server')];
  const which = behindMs > 0 ? 'behind' : 'ahead of';
  const message = `its clock is ${ageText(Math.abs(behindMs))} ${which} that of the API server`;
  return [fault(CHECK, 'this machine', message, 'set it by NTP')];
};
