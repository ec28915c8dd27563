import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** Where the operator serves; from its own log. */
export interface OperatorAddresses {
  readonly probes: string;
  readonly reports: string;
}

/** The operator, started as anyone would start it. */
export interface OperatorProcess {
  readonly pid: number | undefined;
  /** Undefined until it serves. */
  addresses(): OperatorAddresses | undefined;
  /** Everything it wrote, a line each. */
  lines(): readonly string[];
  /** SIGTERM, and SIGKILL when that does not help within `graceMs`; resolves when it is gone. */
  stop(graceMs: number): Promise<void>;
  /** SIGKILL, as a node that loses power; resolves when it is gone. */
  kill(): Promise<void>;
}

/** What to start, and who hears of it. */
export interface OperatorOptions extends OperatorListener {
  readonly kubeconfig: string;
  /** More flags, as on the command line. */
  readonly flags?: readonly string[];
  /** Arguments of Node that start it; default: from its sources. */
  readonly program?: readonly string[];
  /** The Node that it runs on; default: the one that starts it. */
  readonly node?: string;
}

/** Who hears of an operator. */
export interface OperatorListener {
  readonly onLine: () => void;
  /** It ended although nobody asked it to; `how` completes "the operator ended". */
  readonly onDeath: (how: string) => void;
}

const TOP = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = ['--import', './bin/require-node.js', 'src/main.ts'];
const FLAGS = ['--probe-port', '0', '--reports-port', '0', '--host', '127.0.0.1', '--log-level', 'info'];

const running = new Set<ChildProcess>();
// Whatever ends this process, no operator must stay behind.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts `src/main.ts` with a kubeconfig and free ports. */
export function startOperator({
  kubeconfig,
  flags = [],
  program = SOURCES,
  node = process.execPath,
  onLine,
  onDeath,
}: OperatorOptions): OperatorProcess {
  const child = spawn(node, [...program, '--kubeconfig', kubeconfig, ...FLAGS, ...flags], {
    cwd: TOP,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return superviseOperator(child, { onLine, onDeath });
}

/** An operator that somebody has just started, with its output in pipes. */
export function superviseOperator(
  child: ChildProcessByStdio<null, Readable, Readable>,
  { onLine, onDeath }: OperatorListener,
): OperatorProcess {
  running.add(child);
  child.once('exit', () => running.delete(child));
  const lines: string[] = [];
  let addresses: OperatorAddresses | undefined;
  let stopping = false;

  read(child.stdout);
  read(child.stderr);
  child.once('error', (error) => onDeath(`before it began: ${error.message}`));
  child.once('exit', (code, signal) => {
    if (!stopping) onDeath(signal ? `by ${signal}` : `with exit code ${code}`);
  });

  function read(stream: Readable): void {
    createInterface(stream).on('line', (line) => {
      lines.push(line);
      addresses ??= readAddresses(line);
      onLine();
    });
  }
  return {
    pid: child.pid,
    addresses: () => addresses,
    lines: () => lines,
    stop: (graceMs) => {
      stopping = true;
      return end(child, 'SIGTERM', graceMs);
    },
    kill: () => {
      stopping = true;
      return end(child, 'SIGKILL', 0);
    },
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'close');
  child.kill(signal);
  const force = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await gone;
  clearTimeout(force);
}

function readAddresses(line: string): OperatorAddresses | undefined {
  if (!line.includes('"Serving"')) return undefined;
  try {
    const { msg, probes, reports } = JSON.parse(line) as Record<string, unknown>;
    return msg === 'Serving' && typeof probes === 'string' && typeof reports === 'string'
      ? { probes, reports }
      : undefined;
  } catch {
    return undefined;
  }
}
