import { inject } from 'vitest';

/** Real components that run while a whole run of tests does; what tests do to them must not disturb others. */
export interface SharedComponents {
  /** A control plane without workloads. */
  readonly kube: {
    readonly url: string;
    readonly ca: string;
    readonly adminToken: string;
    readonly etcdURL: string;
    readonly serviceAccountPublicKey: string;
  };
  readonly vault: { readonly url: string; readonly rootToken: string };
  readonly moto: { readonly url: string };
}

declare module 'vitest' {
  interface ProvidedContext {
    real?: SharedComponents;
  }
}

/** What `npm run e2e` started; undefined under `npm test`, where the sandbox takes their place. */
export function sharedComponents(): SharedComponents | undefined {
  return inject('real');
}
