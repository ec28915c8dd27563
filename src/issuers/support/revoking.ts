import { ANNOTATION } from '../../api/names.ts';
import { CallError } from '../../http/call-error.ts';
import { PendingError, type Revocation } from '../port.ts';
import type { Probe } from './probe.ts';
import type { DeliveredEntry, Entry } from './register.ts';
import { revocationText } from './request-text.ts';
import { rotationOf, type Tell } from './telling.ts';

export interface RevokingDeps {
  readonly probe: Probe | undefined;
  readonly tell: Tell;
  /** Changes the entry of that label, and answers with it. */
  readonly change: (label: string, more: (entry: Entry) => Partial<Entry>) => Promise<Entry | undefined>;
  /** The time, for people. */
  readonly stamp: () => string;
  /** Milliseconds. */
  readonly monotonic: () => number;
}

/** A part of the issuer that lags behind may not know a young key yet, and a server in trouble may know none: it takes more than a moment. */
const REJECTED_FOR_MS = 30_000;

/** Whether a key works; undefined where nothing tells, with what is wrong where something should. */
interface Finding {
  readonly works?: boolean | undefined;
  readonly trouble?: string;
}

/**
 * Has people revoke a key: resolves when its probe has rejected it for half a minute, or a person confirms it and no probe contradicts;
 * else throws PendingError. Nobody is asked while the probe rejects the key.
 */
export function createRevoking({ probe, tell, change, stamp, monotonic }: RevokingDeps) {
  /** Since when the probe rejects the key of a label, as this process has seen it. */
  const rejectedSince = new Map<string, number>();

  /** Whether it has lasted; trouble with the probe in between says nothing. */
  function isRejectedForLong(label: string, { works }: Finding): boolean {
    if (works === true) rejectedSince.delete(label);
    if (works !== false) return false;
    const since = rejectedSince.get(label) ?? monotonic();
    rejectedSince.set(label, since);
    return monotonic() - since >= REJECTED_FOR_MS;
  }

  /** A probe in trouble tells nothing, nor does a place where the key cannot be read; whoever confirms may all the same. */
  async function see({ findKey }: Revocation): Promise<Finding> {
    if (!probe) return {};
    try {
      const key = await findKey();
      return key ? { works: await probe(key) } : {};
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      const until = 'until it tells whether the key works, what a person confirms counts';
      return { trouble: `${error.message}; ${until}` };
    }
  }

  /** Another process may ask at the same time, and have told people already. */
  async function ask(label: string): Promise<NonNullable<Entry['revocation']>> {
    const fresh = { askedAt: stamp() };
    const entry = await change(label, ({ revocation }) => ({ revocation: revocation ?? fresh }));
    return entry?.revocation ?? fresh;
  }

  return async ({ label, keyID, ...entry }: DeliveredEntry, revocation: Revocation): Promise<void> => {
    const { isConfirmed, isUrgent = false } = revocation;
    const found = await see(revocation);
    const { works, trouble } = found;
    if (isRejectedForLong(label, found) || (isConfirmed && works !== true)) {
      rejectedSince.delete(label);
      await change(label, () => ({ revokedAt: stamp() }));
      return;
    }
    if (works === false && !entry.revocation) throw rejectedAlready(keyID);
    const asked = entry.revocation ?? (await ask(label));
    const text = revocationText(entry, keyID, revocation, ANNOTATION.revocationConfirmed);
    const message = { text, rotation: rotationOf(revocation), requestID: `${label}/revoke` };
    const untold = await tell(message, isUrgent, asked, (told) =>
      change(label, ({ revocation }) => ({ revocation: { ...asked, ...revocation, ...told } })),
    );
    const contradicted = isConfirmed ? 'somebody says that it is revoked, but the probe still accepts it' : undefined;
    const problem = [contradicted, untold, trouble].filter((each) => each !== undefined).join('. ');
    throw new PendingError('RevocationRequested', { text, ...(problem === '' ? {} : { problem }) });
  };
}

function rejectedAlready(keyID: string): CallError {
  const message = `the probe rejects key ${keyID}, which nobody was asked to revoke; where it still does so after half a minute, the key is dead`;
  return new CallError('unavailable', 'RevocationPending', message);
}
