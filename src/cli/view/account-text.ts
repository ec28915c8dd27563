import type { ConsumerAccount, KeyAccount, RotationAccount } from './account.ts';
import type { Paint, Tone } from './paint.ts';
import type { RotationState } from './rotation-view.ts';
import type { Step, StepState } from './steps.ts';
import { ageText, timeText, timeWithAge } from './times.ts';

const STATES: Readonly<Record<RotationState, Tone>> = {
  New: 'yellow',
  Settled: 'green',
  Waiting: 'yellow',
  Rotating: 'cyan',
  Suspended: 'yellow',
  Stalled: 'red',
  Deleting: 'yellow',
};

const STEPS: Readonly<Record<StepState, { readonly mark: string; readonly tone: Tone }>> = {
  Done: { mark: '✓', tone: 'green' },
  Running: { mark: '▸', tone: 'cyan' },
  Held: { mark: '✗', tone: 'red' },
  Ahead: { mark: '·', tone: 'dim' },
};

const NAME_WIDTH = 16;
const TIME_WIDTH = 21;

/** The account as lines for people; `nowMs` is the API server's time. */
export function accountLines(account: RotationAccount, nowMs: number, paint: Paint): readonly string[] {
  const { namespace, name, state, reason, message } = account;
  const told = reason && reason !== state ? `, ${reason}` : '';
  return [
    `${paint('bold', `${namespace}/${name}`)}  ${paint(STATES[state], `${state}${told}`)}`,
    // The consumers below tell it in less words.
    ...(message && state !== 'Settled' && reason !== 'Migrating' ? [`  ${firstLine(message)}`] : []),
    '',
    ...keyLines(account, nowMs, paint),
    ...(account.steps.length > 0
      ? ['', ...account.steps.flatMap((step) => stepLines(step, account, nowMs, paint))]
      : []),
    '',
    ...account.next.map((sentence, at) => `${at === 0 ? 'Next  ' : '      '}${sentence}`),
  ];
}

/** Commands of evidence stand in lines of their own, which have no room here. */
function firstLine(message: string): string {
  return message.split('\n')[0] ?? '';
}

function keyLines(account: RotationAccount, nowMs: number, paint: Paint): readonly string[] {
  const { currentKey, oldKey, notReady, message } = account;
  const isNews = notReady !== undefined && message !== '' && !notReady.includes(message);
  return [
    currentKey ? keyLine('Key', currentKey, nowMs) : '  Key      none is published yet',
    ...(oldKey && oldKey.keyID !== currentKey?.keyID ? [`${keyLine('Old key', oldKey, nowMs)}  alive`] : []),
    ...(isNews ? [`  ${paint('red', 'Not ready')}  ${notReady}`] : []),
  ];
}

function keyLine(title: string, { keyID, fingerprint, expiresAt }: KeyAccount, nowMs: number): string {
  const expires = expiresAt ? `  expires ${timeWithAge(expiresAt, nowMs)}` : '';
  return `  ${title.padEnd(9)}${keyID}  fingerprint ${fingerprint}${expires}`;
}

function stepLines(step: Step, { consumers }: RotationAccount, nowMs: number, paint: Paint): readonly string[] {
  const { mark, tone } = STEPS[step.state];
  const age = step.at && step.state !== 'Done' ? `for ${ageText(nowMs - Date.parse(step.at))}: ` : '';
  const line = `${step.name.padEnd(NAME_WIDTH)}  ${timeText(step.at).padEnd(TIME_WIDTH)} ${age}${step.detail}`;
  const isAwaited = step.name === 'consumers moved' && (step.state === 'Running' || step.state === 'Held');
  return [
    `  ${paint(tone, mark)} ${line.trimEnd()}`,
    ...(isAwaited ? consumers.map((consumer) => consumerLine(consumer, nowMs, paint)) : []),
  ];
}

function consumerLine({ name, state, since, message }: ConsumerAccount, nowMs: number, paint: Paint): string {
  const isMoved = state === 'Migrated';
  const mark = isMoved ? paint('green', '✓') : paint('yellow', '…');
  const age = since ? ` for ${ageText(nowMs - Date.parse(since))}` : '';
  return `      ${mark} ${name}${isMoved ? ` moved ${timeText(since)}` : age}: ${firstLine(message)}`;
}
