import { setImmediate } from 'node:timers/promises';
import { startKubeServer } from '../../../sandbox/kube/front/server.ts';
import type { Story } from '../../stories/world/story.ts';
import { type CallOptions, callPlugin, type Printed } from './call-plugin.ts';

/** A story whose cluster can be called over HTTP. */
export interface ToldStory {
  /** Calls the plugin while the story stands still, but for what happens without time passing. */
  call(words: string | readonly string[], options?: CallOptions): Promise<Printed>;
  /** Calls the plugin, and lets the story's time pass until it has ended. */
  callOverTime(words: string | readonly string[], options?: CallOptions): Promise<Printed>;
  close(): Promise<void>;
}

const STEP_MS = 1_000;

/** Puts the story's cluster behind a port. */
export async function tellStory({ world: { kube: engine, clock } }: Story): Promise<ToldStory> {
  const server = await startKubeServer({ engine });
  return {
    call: (words, options) => callPlugin(server, words, options),
    async callOverTime(words, options) {
      let printed: Printed | undefined;
      const called = callPlugin(server, words, options).then((ended) => {
        printed = ended;
      });
      while (!printed) {
        await clock.advance(STEP_MS);
        await setImmediate();
      }
      await called;
      return printed;
    },
    close: () => server.close(),
  };
}
