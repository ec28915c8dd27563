import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { normalise } from './normalise.ts';
import type { Command, Story } from './story.ts';

/** What one command answered, as lines. `code` is absent where the command was stopped, as watches are. */
export interface Answer {
  readonly run: string;
  readonly code?: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

interface Place {
  readonly program: string;
  /** A folder for kubeconfig, caches and temporary files. */
  readonly folder: string;
}

const WATCH_MS = 20_000;

function argumentsOf(run: string): string[] {
  return [...run.matchAll(/(?:[^\s']|'[^']*')+/g)].map(([argument]) => argument.replaceAll("'", ''));
}

function lines(text: string, only: RegExp | undefined): string[] {
  const all = text.split('\n');
  if (all.at(-1) === '') all.pop();
  return only ? all.filter((line) => only.test(line)).map((line) => line.replace(/ +/g, ' ')) : all;
}

function start({ program, folder }: Place, run: string, { input = '', editor = 'false' }: Partial<Command> = {}) {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    TMPDIR: folder,
    TZ: 'UTC',
    KUBECONFIG: join(folder, 'kubeconfig'),
    KUBE_EDITOR: editor,
  };
  const child = spawn(program, argumentsOf(run), { env });
  child.stdin.end(input);
  return child;
}

async function runToEnd(place: Place, command: Command): Promise<Answer> {
  const child = start(place, command.run, command);
  const texts = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    texts.out += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    texts.err += chunk;
  });
  const code = await new Promise<number>((resolve) => child.on('close', (status) => resolve(status ?? -1)));
  const { run, only } = command;
  return { run, code, out: lines(normalise(texts.out), only), err: lines(normalise(texts.err), only) };
}

/** Plays the commands of `meanwhile` at a watch that has started, and stops it when its last line is out. */
async function runWatch(place: Place, { run, watch }: Command): Promise<Answer> {
  const child = start(place, run);
  const out: string[] = [];
  const giveUp = setTimeout(() => child.kill(), WATCH_MS);
  for await (const line of createInterface({ input: child.stdout })) {
    out.push(normalise(line).trimEnd());
    if (out.length === watch?.rows) for (const next of watch.meanwhile) await runToEnd(place, { run: next });
    if (out.length === watch?.until) break;
  }
  clearTimeout(giveUp);
  child.kill();
  return { run, out, err: [] };
}

/** Who plays, and before whom. */
export interface Player {
  /** The path of a kubectl. */
  readonly program: string;
  /** As YAML. */
  readonly kubeconfig: string;
}

/** Plays stories one after the other, each in its namespace, and gives the answers by story. */
export async function play(stories: readonly Story[], { program, kubeconfig }: Player): Promise<Map<string, Answer[]>> {
  const place = { program, folder: await mkdtemp(join(tmpdir(), 'akr-kubectl-')) };
  const answers = new Map<string, Answer[]>();
  try {
    for (const { name, commands } of stories) {
      await writeFile(join(place.folder, 'kubeconfig'), kubeconfig.replace('namespace: default', `namespace: ${name}`));
      await runToEnd(place, { run: `create namespace ${name}` });
      const answered: Answer[] = [];
      for (const given of commands) {
        const command = typeof given === 'string' ? { run: given } : given;
        answered.push(await (command.watch ? runWatch(place, command) : runToEnd(place, command)));
      }
      answers.set(name, answered);
    }
  } finally {
    await rm(place.folder, { recursive: true, force: true });
  }
  return answers;
}
