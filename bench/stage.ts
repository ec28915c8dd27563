import type { Figure } from './figures.ts';
import { type FollowedRotations, followRotations } from './followed-rotations.ts';
import { type Ground, startReal } from './ground.ts';
import { firstRotation, type Sample } from './rotation-at-rest.ts';
import { startSandbox } from './sandbox-ground.ts';

/** What a scenario plays on, all its own: nothing of another one slows it down. */
export interface Stage {
  readonly world: Ground;
  readonly followed: FollowedRotations;
  /** When keys were revoked at the issuer, in order: milliseconds of this process' monotonic clock. */
  readonly revocations: number[];
  /** How much is done. */
  readonly size: 'quick' | 'full';
  readonly tell: (line: string) => void;
  /** A rotation that the operator gave its first key, which others are copied from; made when it is first asked for. */
  sample(): Promise<Sample>;
  /** Another stage on a ground of its own, which ends with this one: to compare what a machine does by turns. */
  another(): Promise<Stage>;
}

/** A question to be answered with figures. */
export interface Scenario {
  /** One letter, by which it is chosen. */
  readonly letter: string;
  /** What it looks at, in a few words. */
  readonly about: string;
  /** Whether `--quick` has it, unless others are chosen. */
  readonly quick: boolean;
  /** Default: real components. `QuickOnSandbox`: it takes many objects, which a real API server is long in making. */
  readonly ground?: 'Sandbox' | 'QuickOnSandbox';
  run(stage: Stage): Promise<readonly Figure[]>;
}

/** Whether it plays on the sandbox. */
export function isOnSandbox({ ground }: Scenario, size: Stage['size']): boolean {
  return ground === 'Sandbox' || (ground === 'QuickOnSandbox' && size === 'quick');
}

/** What stages have in common. */
export interface StageOptions extends Pick<Stage, 'size' | 'tell'> {
  /** Arguments of Node that start an operator. */
  readonly program: readonly string[];
}

/** Plays a scenario on a ground that begins and ends with it. */
export async function play(scenario: Scenario, options: StageOptions): Promise<readonly Figure[]> {
  await using ends = new AsyncDisposableStack();
  const open = async (): Promise<Stage> => {
    const revocations: number[] = [];
    const start = isOnSandbox(scenario, options.size) ? startSandbox : startReal;
    const world = await start({
      program: options.program,
      onEntry: ({ type }) => {
        if (type === 'revoked') revocations.push(performance.now());
      },
    });
    ends.defer(() => world.close());
    const followed = await followRotations(world.plane);
    ends.defer(() => followed.close());
    let sample: Promise<Sample> | undefined;
    return {
      world,
      followed,
      revocations,
      size: options.size,
      tell: (line) => options.tell(`${scenario.letter}: ${line}`),
      sample() {
        sample ??= firstRotation(world, followed);
        return sample;
      },
      another: open,
    };
  };
  return await scenario.run(await open());
}
