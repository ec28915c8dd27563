import type { Command } from '../command.ts';
import { type Answer, ask, type Request } from '../request/ask.ts';
import { patienceOf, WAIT_FLAGS } from '../request/patience.ts';

export const suspend = switching('suspend', 'nothing begins from now on; a running rotation stands still', true);
export const resume = switching('resume', 'end a suspension', false);

/** `spec.suspend` on or off. */
function switching(name: string, summary: string, isSuspended: boolean): Command {
  return {
    name,
    summary,
    words: 'NAME',
    flags: WAIT_FLAGS,
    async run(invocation, session) {
      const [rotation = ''] = invocation.words;
      const code = await ask(session, rotation, requestTo(isSuspended), patienceOf(invocation));
      session.output.warn(
        `note: where GitOps applies this rotation, set spec.suspend: ${isSuspended} in its repository too`,
      );
      return code;
    },
  };
}

function requestTo(isSuspended: boolean): Request {
  return {
    isGuarded: false,
    asked: `spec.suspend is ${isSuspended}`,
    patch: () => ({ spec: { suspend: isSuspended } }),
    answer({ metadata, status }): Answer | undefined {
      if (status?.observedGeneration !== metadata.generation) return undefined;
      return {
        type: 'Taken',
        message: isSuspended ? 'the operator has seen it: nothing begins' : 'the operator has seen it: it goes on',
      };
    },
  };
}
