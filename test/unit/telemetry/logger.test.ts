import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { CallError } from '../../../src/http/call-error.ts';
import { SecretValue } from '../../../src/key/secret-value.ts';
import { createAudit } from '../../../src/telemetry/audit.ts';
import { createLogger, type LogLevel } from '../../../src/telemetry/logger.ts';

const CANARY = 'sk_live_canary_0123456789';

function setUp(level: LogLevel = 'info') {
  const lines: string[] = [];
  const log = createLogger({
    level,
    clock: { now: () => Date.UTC(2030, 0, 1) },
    destination: { write: (line) => lines.push(line) },
  });
  return { log, lines, parsed: () => lines.map((line): unknown => JSON.parse(line)) };
}

test('a line is one JSON object with level, time, bindings, fields and message', () => {
  const { log, parsed } = setUp();
  log.child({ controller: 'rotation', namespace: 'ns', name: 'a' }).info({ revision: 2 }, 'Published');
  expect(parsed()).toEqual([
    {
      level: 'info',
      time: '2030-01-01T00:00:00.000Z',
      controller: 'rotation',
      namespace: 'ns',
      name: 'a',
      revision: 2,
      msg: 'Published',
    },
  ]);
});

test('of an error only listed fields are told, whatever hangs on it and under whatever name it is logged', () => {
  const { log, lines, parsed } = setUp();
  const error = Object.assign(new Error('Request failed', { cause: new Error(CANARY) }), {
    code: 'ERR_BAD_REQUEST',
    status: 400,
    config: { headers: { authorization: CANARY } },
    response: { data: CANARY },
  });
  log.error({ err: error }, 'one');
  log.error({ reason: error }, 'two');
  log.error(error);
  expect(lines.join()).not.toContain(CANARY);
  expect(parsed()[0]).toMatchObject({
    err: { name: 'Error', message: 'Request failed', code: 'ERR_BAD_REQUEST', status: 400 },
  });
  expect(Object.keys((parsed()[0] as { err: object }).err)).toEqual(['name', 'message', 'code', 'status', 'stack']);
});

test('a CallError tells its outcome and reason', () => {
  const { log, parsed } = setUp();
  log.warn({ err: new CallError('unknown', 'RequestTimedOut', 'no answer') }, 'x');
  expect(parsed()[0]).toMatchObject({ err: { name: 'CallError', outcome: 'unknown', reason: 'RequestTimedOut' } });
});

test.each([
  ['a secret value', { value: new SecretValue(CANARY) }, 'x'],
  ['a field that holds secrets', { token: CANARY, nested: { data: CANARY, authorization: CANARY } }, 'x'],
  ['a bearer token in a message', {}, `sent Bearer ${CANARY}`],
  ['a bearer token in an error message', { err: new Error(`sent Bearer ${CANARY}`) }, 'x'],
  ['a Vault token', {}, `hvs.${CANARY}`],
  ['a JWT', {}, `eyJhbGciOiJSUzI1NiJ9.${CANARY}.c2ln`],
])('%s does not come out', (_, fields, message) => {
  const { log, lines, parsed } = setUp();
  log.info(fields, message);
  expect(parsed()).toHaveLength(1);
  expect(lines.join()).not.toContain(CANARY);
  expect(lines.join()).toContain('[redacted]');
});

test('nor does what a child logger is given for all of its lines', () => {
  const { log, parsed } = setUp();
  log.child({ token: CANARY, peer: { headers: CANARY, name: 'vault' } }).info({}, 'x');
  expect(parsed()).toEqual([
    expect.objectContaining({ token: '[redacted]', peer: { headers: '[redacted]', name: 'vault' } }),
  ]);
});

const LOGS = `import { createLogger } from './src/telemetry/logger.ts';
  const log = createLogger({ level: 'info', clock: Date });
  for (let count = 1; count <= 100; count += 1) log.info({ count }, 'line');`;

const argsOf = (program: string) => ['--input-type=module', '--eval', program];

/** Runs a program whose standard output is `output`. */
function run(program: string, output: 'pipe' | number) {
  return spawnSync(process.execPath, argsOf(program), { encoding: 'utf8', stdio: ['ignore', output, 'pipe'] });
}

test('a line is out before anything else is done: a kill loses none', () => {
  const { signal, stdout } = run(`${LOGS} process.kill(process.pid, 'SIGKILL');`, 'pipe');
  expect(signal).toBe('SIGKILL');
  expect(stdout.trim().split('\n')).toHaveLength(100);
});

test('a process that cannot write its lines any more ends before it does anything else', () => {
  const full = openSync('/dev/full', 'w');
  const { status, stderr } = run(`${LOGS} console.error('went on');`, full);
  closeSync(full);
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
});

test('one whose reader is gone goes on', async () => {
  const wait = `import { text } from 'node:stream/consumers'; await text(process.stdin);`;
  const child = spawn(process.execPath, argsOf(`${wait} ${LOGS} console.error('went on');`));
  child.stdout.destroy();
  await once(child.stdout, 'close');
  child.stdin.end();
  expect(await text(child.stderr)).toBe('went on\n');
});

test('an audit record is written whatever the level is', () => {
  const { log, parsed } = setUp('error');
  log.info({}, 'not written');
  createAudit(log).record({
    object: 'ns/a',
    attemptID: 'i/u/1.1',
    claim: 'c',
    keyID: 'k_1',
    effect: 'Revoke',
    outcome: 'Done',
  });
  expect(parsed()).toEqual([
    expect.objectContaining({
      audit: true,
      object: 'ns/a',
      attemptID: 'i/u/1.1',
      claim: 'c',
      keyID: 'k_1',
      effect: 'Revoke',
      outcome: 'Done',
    }),
  ]);
});
