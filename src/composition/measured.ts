import { CallError } from '../http/call-error.ts';
import type { Issuer } from '../issuers/port.ts';
import type { Clock } from '../runtime/clock.ts';
import type { KeyStore } from '../stores/port.ts';
import type { CallSample, Metrics } from '../telemetry/metrics.ts';

type Measure = <T>(op: string, call: () => Promise<T>) => Promise<T>;

/** The same issuer, with every call counted and timed. */
export function measureIssuer(issuer: Issuer, metrics: Metrics, clock: Pick<Clock, 'monotonic'>): Issuer {
  const measure = createMeasure(clock, (sample) => metrics.issuerCalled(sample));
  return {
    capabilities: issuer.capabilities,
    origin: issuer.origin,
    issue: (attempt, spec) => measure('issue', () => issuer.issue(attempt, spec)),
    list: (owner) => measure('list', () => issuer.list(owner)),
    verify: (key, presumed) => measure('verify', () => issuer.verify(key, presumed)),
    get: (keyID) => measure('get', () => issuer.get(keyID)),
    revoke: (keyID) => measure('revoke', () => issuer.revoke(keyID)),
    check: () => measure('check', () => issuer.check()),
  };
}

/** The same store, with every call counted and timed under its name. */
export function measureStore(
  store: KeyStore,
  name: string,
  metrics: Metrics,
  clock: Pick<Clock, 'monotonic'>,
): KeyStore {
  const measure = createMeasure(clock, (sample) => metrics.storeCalled(name, sample));
  return {
    address: store.address,
    versionsNameValues: store.versionsNameValues,
    keepsVersions: store.keepsVersions,
    read: (path) => measure('read', () => store.read(path)),
    publish: (publication) => measure('publish', () => store.publish(publication)),
    readReplaced: (path, former) => measure('read', () => store.readReplaced(path, former)),
    forgetReplaced: (path, by) => measure('forget', () => store.forgetReplaced(path, by)),
    check: () => measure('check', () => store.check()),
  };
}

function createMeasure(clock: Pick<Clock, 'monotonic'>, report: (sample: CallSample) => void): Measure {
  return async (op, call) => {
    const startedAt = clock.monotonic();
    const done = (code: string) => report({ op, code, seconds: (clock.monotonic() - startedAt) / 1_000 });
    try {
      const result = await call();
      done('ok');
      return result;
    } catch (error) {
      done(error instanceof CallError ? error.reason : 'Error');
      throw error;
    }
  };
}
