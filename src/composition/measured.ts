import { CallError } from '../http/call-error.ts';
import { aroundIssuer } from '../issuers/around-issuer.ts';
import type { Issuer } from '../issuers/port.ts';
import type { Clock } from '../runtime/clock.ts';
import { aroundStore } from '../stores/around-store.ts';
import type { KeyStore } from '../stores/port.ts';
import type { CallSample, Metrics } from '../telemetry/metrics.ts';

type Measure = <T>(op: string, call: () => Promise<T>) => Promise<T>;

/** The same issuer, with every call counted and timed. */
export function measureIssuer(issuer: Issuer, metrics: Metrics, clock: Pick<Clock, 'monotonic'>): Issuer {
  return aroundIssuer(
    issuer,
    createMeasure(clock, (sample) => metrics.issuerCalled(sample)),
  );
}

/** The same store, with every call counted and timed under its name. */
export function measureStore(
  store: KeyStore,
  name: string,
  metrics: Metrics,
  clock: Pick<Clock, 'monotonic'>,
): KeyStore {
  return aroundStore(
    store,
    createMeasure(clock, (sample) => metrics.storeCalled(name, sample)),
  );
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
