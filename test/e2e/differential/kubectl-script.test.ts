import { beforeAll, describe, expect, test } from 'vitest';
import { type Answer, play } from '../../differential/kubectl/play.ts';
import { recordingFile } from '../../differential/kubectl/recording.ts';
import { sandboxAnswers } from '../../differential/kubectl/sandbox.ts';
import { stories } from '../../differential/kubectl/stories.ts';
import { startControlPlane } from '../components/control-plane.ts';
import { programPath } from '../components/locate.ts';

/** Of the release of the recordings, wherever it is from. */
const program = programPath('kubectl');
const names = stories.map(({ name }) => name);
let real: Map<string, Answer[]>;
let sandbox: Map<string, Answer[]>;

/** The stories that need no controllers on a bare API server, the others beside controllers; the first installs for both. */
async function realAnswers(): Promise<Map<string, Answer[]>> {
  const answers = new Map<string, Answer[]>();
  for (const workloads of [true, false]) {
    const plane = await startControlPlane({ workloads });
    try {
      const chosen = stories.filter(({ controllers = false }, index) => index === 0 || controllers === workloads);
      for (const [name, answered] of await play(chosen, { program, kubeconfig: plane.kubeconfig() }))
        answers.set(name, answered);
    } finally {
      await plane.stop();
    }
  }
  return answers;
}

describe('kubectl against a real API server and the sandbox', () => {
  beforeAll(async () => {
    real = await realAnswers();
    sandbox = await sandboxAnswers(program);
  }, 240_000);

  test.each(names)('story %s: the recording is what the real one answers', async (name) => {
    const text = `${JSON.stringify(real.get(name), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(recordingFile(name));
  });

  test.each(names)('story %s: the sandbox answers the same', (name) => {
    expect(sandbox.get(name)).toEqual(real.get(name));
  });
});
