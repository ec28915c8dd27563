import '../bin/require-node.js';
import { createPaint } from '../src/cli/view/paint.ts';
import { readOptions, USAGE } from './options.ts';
import { tapOutput } from './output-tap.ts';
import { formatReport } from './report.ts';
import { type Outcome, runDemo } from './run-demo.ts';
import { createTimeline, silentTimeline } from './timeline.ts';

const wish = readOptions(process.argv.slice(2));
if (wish.type !== 'Run') {
  if (wish.type === 'Help') console.log(USAGE);
  else console.error(`${wish.problem}\n\n${USAGE}`);
  process.exit(wish.type === 'Help' ? 0 : 2);
}
const { options } = wish;
const { stdout } = process;
const ownOutput = tapOutput([stdout, process.stderr]);
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => interruption.abort());
// Whoever reads our output has gone, as `head` does: nobody is left to tell the story to.
stdout.on('error', () => interruption.abort());

/** Since the process began, its own start included. */
const elapsed = () => performance.now();
const isTerminal = stdout.isTTY === true;
const paint = createPaint(isTerminal, process.env);
const timeline = options.json
  ? silentTimeline
  : createTimeline({
      write: (text) => stdout.write(text),
      paint,
      columns: isTerminal ? () => stdout.columns : undefined,
      elapsed,
    });

function show({ report, extras, problem, operatorLog, kubeconfig }: Outcome): void {
  process.exitCode = report.violations.length === 0 ? 0 : 1;
  if (problem !== undefined) {
    console.error(`\nThe story broke off: ${problem}. The operator's last lines:\n${operatorLog.join('\n')}\n`);
  }
  if (options.json) console.log(JSON.stringify(report, undefined, 2));
  else console.log(`\n${formatReport(report, { ...extras, seconds: elapsed() / 1000 }, paint)}`);
  if (options.keep) console.log(invitation(kubeconfig));
}

function invitation(kubeconfig: string): string {
  return `
Everything stays up, and the consumers go on calling. In another terminal:

export KUBECONFIG=${kubeconfig}
kubectl get akr -A
kubectl -n demo get akr payments -w
kubectl -n demo annotate akr payments --overwrite apikeyrotation.io/rotate="$(date +%s)"
kubectl -n demo describe akr payments
kubectl -n demo get events

Ctrl-C ends everything.`;
}

await runDemo({ options, timeline, ownOutput, interrupted: interruption.signal, onOutcome: show });
if (interruption.signal.aborted && !options.keep) process.exitCode = 130;
