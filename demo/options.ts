import { parseArgs } from 'node:util';

/** What goes wrong on purpose, outside the operator; the demo must notice it and fail. */
export const FAULTS = ['revoke-early', 'leak-log'] as const;

/** One of them. */
export type Fault = (typeof FAULTS)[number];

/** What the command line asks for. */
export interface DemoOptions {
  /** One JSON document on standard output instead of timeline and tables. */
  readonly json: boolean;
  /** The whole story with short pauses. */
  readonly fast: boolean;
  /** Leave everything up after the story. */
  readonly keep: boolean;
  readonly fault: Fault | undefined;
}

/** How the command line reads. */
export type Wish =
  | { readonly type: 'Run'; readonly options: DemoOptions }
  | { readonly type: 'Help' }
  | { readonly type: 'Wrong'; readonly problem: string };

/** For `--help` and for those who mistyped. */
export const USAGE = `usage: npm run demo -- [--fast] [--json | --keep] [--fault ${FAULTS.join('|')}]

  --fast    the whole story in a few seconds
  --json    print one JSON document and nothing else
  --keep    leave everything up after the story, to try kubectl on; Ctrl-C ends it
  --fault   negative controls, which must end with exit code 1:
            revoke-early: the issuing API kills the old key as soon as the new one is published
            leak-log:     a consumer writes its key into its log`;

/** Reads the arguments after the script's name. */
export function readOptions(args: readonly string[]): Wish {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        fast: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false, short: 'h' },
        fault: { type: 'string' },
      },
    });
    if (values.help) return { type: 'Help' };
    const fault = FAULTS.find((name) => name === values.fault);
    if (values.fault !== undefined && !fault) return wrong(`--fault ${values.fault} is none of ${FAULTS.join(', ')}`);
    if (values.json && values.keep) return wrong('--json and --keep exclude each other');
    const { json, fast, keep } = values;
    return { type: 'Run', options: { json, fast, keep, fault } };
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
}

function wrong(problem: string): Wish {
  return { type: 'Wrong', problem };
}
