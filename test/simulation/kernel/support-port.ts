import type { ApioEngine } from '../../../sandbox/apio/engine/apio-engine.ts';
import { ApioProblem } from '../../../sandbox/apio/engine/types.ts';
import type { Issuer } from '../../../src/issuers/port.ts';
import { createMessenger } from '../../../src/issuers/support/messenger.ts';
import { createPatientProbe } from '../../../src/issuers/support/patient-probe.ts';
import type { Probe } from '../../../src/issuers/support/probe.ts';
import { createRegisterStore } from '../../../src/issuers/support/register-store.ts';
import { createSupportIssuer } from '../../../src/issuers/support/support-issuer.ts';
import type { KubeApi } from '../../../src/runtime/kube/kube-api.ts';
import { secrets } from '../../../src/runtime/kube/resources.ts';
import { type Call, callOf } from './faults.ts';
import { beforeLastEffect } from './issuer-port.ts';
import type { Process } from './process.ts';
import { NAMESPACE, type People, type Setting } from './world.ts';

interface Deps {
  readonly engine: ApioEngine;
  readonly process: Process;
  /** Writes only while the process leads. */
  readonly kube: KubeApi;
  readonly people: People;
  readonly setting: Setting;
  readonly answered: (call: Call, value: unknown) => void;
}

/**
 * People as one process reaches them: the adapter itself, with its Secrets in this world's Kubernetes, a webhook that takes whatever
 * arrives, and a probe that asks the issuing API, where there is one.
 */
export function createSupportPort(name: string, { engine, process, kube, people, setting, answered }: Deps): Issuer {
  const probe: Probe = (key) =>
    process.call(callOf('issuer probe', engine.keys.find(({ text }) => text === key.reveal())?.id, name), (stale) => {
      const works = () => isAccepted(engine, key.reveal());
      return stale ? beforeLastEffect(engine, works) : works();
    });
  const issuer = createSupportIssuer({
    kube,
    registerStore: createRegisterStore(kube, {
      resource: secrets,
      namespace: NAMESPACE,
      name: `${name}-support-register`,
    }),
    environment: 'Live',
    name: `ApiKeyIssuer ${NAMESPACE}/${name} (Live)`,
    expectedWithinMs: setting.issuer.expectedWithinMs ?? 0,
    probe: people.probe ? createPatientProbe(probe, process.clock) : undefined,
    tell: createMessenger(
      // Another server than the one that is probed.
      ({ requestID }) => process.call(callOf('issuer webhook', requestID, `${name}'s desk`), () => undefined),
      process.clock,
    ),
    now: process.clock.now,
    monotonic: process.clock.monotonic,
  });
  /** What it makes of register and probe stands for what other issuers answer. */
  function told<T>(call: string, detail: string | undefined, answer: Promise<T>): Promise<T> {
    return answer.then((value) => {
      if (!process.isDead()) answered(callOf(`issuer ${call}`, detail, name), value);
      return value;
    });
  }
  return {
    ...issuer,
    list: (owner) => told('list', undefined, issuer.list(owner)),
    verify: (key) => told('verify', undefined, issuer.verify(key)),
    get: (keyID) => told('get', keyID, issuer.get(keyID)),
  };
}

function isAccepted(engine: ApioEngine, text: string): boolean {
  try {
    engine.authenticate('Live', text, 'probes');
    return true;
  } catch (error) {
    if (error instanceof ApioProblem && error.status === 401) return false;
    throw error;
  }
}
