import { type Clock, sleep } from '../../runtime/clock.ts';
import { CURRENT } from './aws-labels.ts';
import { type AwsLocation, assertOurs } from './aws-location.ts';
import { errorOfObstacle } from './obstacles.ts';
import type { SecretDescription, SecretsClient, SecretVersion } from './secrets-client.ts';

/** Looks at secrets of one place; what is of another account, or not ours to write, is refused. */
export interface Reader {
  /** Undefined where there is no such secret. */
  describe(name: string): Promise<SecretDescription | undefined>;
  /** The same, looked at until it is as it has to be sooner or later, or for the last time. */
  describedAfter(name: string, isLater: (found: SecretDescription) => boolean): Promise<SecretDescription | undefined>;
  /** What consumers are served; undefined where there is no such secret, or nothing in it. */
  served(name: string): Promise<SecretVersion | undefined>;
  /** A version by its id, asked for a few times where it has to be there: reads may be late. */
  written(name: string, id: string): Promise<SecretVersion | undefined>;
  /** A version by its id. */
  version(name: string, id: string): Promise<SecretVersion | undefined>;
  /** Waits a moment for readers to be served the version; it is served, whether they are already or not. */
  untilServed(name: string, id: string): Promise<void>;
}

/** Between looks at what was just written, in milliseconds: nearly always the first finds it. */
const PAUSES_MS = [100, 300, 900] as const;

export function createReader(client: SecretsClient, location: AwsLocation, clock: Clock): Reader {
  async function ours<T extends { readonly arn: string }>(name: string, found: Promise<T | undefined>) {
    const answer = await found;
    if (answer) assertOurs(location, name, answer.arn);
    return answer;
  }
  async function repeated<T>(look: () => Promise<T | undefined>, isLater: (found: T) => boolean) {
    for (const pause of PAUSES_MS) {
      const found = await look();
      if (found !== undefined && isLater(found)) return found;
      await sleep(clock, pause);
    }
    return look();
  }
  const describe: Reader['describe'] = async (name) => {
    const found = await ours(name, client.describe(name));
    if (found?.obstacle) throw errorOfObstacle(found.obstacle, name);
    return found;
  };
  const version: Reader['version'] = (name, id) => ours(name, client.version(name, { id }));
  const served: Reader['served'] = (name) => ours(name, client.version(name, { label: CURRENT }));
  return {
    version,
    served,
    describe,
    describedAfter: (name, isLater) => repeated(() => describe(name), isLater),
    written: (name, id) =>
      repeated(
        () => version(name, id),
        () => true,
      ),
    untilServed: async (name, id) =>
      void (await repeated(
        () => served(name),
        (found) => found.id === id,
      )),
  };
}
