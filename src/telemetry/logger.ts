import { type DestinationStream, type Logger, pino } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import { serializeError } from './serialize-error.ts';

/** Levels from the most to the least talkative. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** What a logger needs. */
export interface LoggerOptions {
  readonly level: LogLevel;
  readonly clock: Pick<Clock, 'now'>;
  /** Where the lines go; standard output when missing. */
  readonly destination?: DestinationStream;
}

const REDACTED = '[redacted]';
/** Fields that hold secrets in somebody's data structures. `SecretValue` is the brake, this is the seat belt. */
export const SECRET_FIELDS = [
  'key',
  'token',
  'password',
  'secret',
  'secretID',
  'data',
  'stringData',
  'authorization',
  'headers',
] as const;
/** Texts that are secrets wherever they stand: bearer tokens, JWTs, Vault tokens. */
const SECRET_TEXTS = /Bearer [\w.~+/=-]+|eyJ[\w-]{8,}\.[\w-]+\.[\w-]*|\bhv[sbr]\.[\w-]{16,}/g;

/** A logger that writes one JSON object a line, before it returns: level, time (RFC 3339), the fields, msg. */
export function createLogger({ level, clock, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }), log: serializeErrors },
    serializers: { err: (value: unknown) => value },
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: REDACTED },
    hooks: { streamWrite: redactTexts },
  };
  return pino(options, destination ?? standardOutput());
}

/** Every error among the fields, under whatever name: JSON would take all of its own properties. */
function serializeErrors(fields: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(fields);
  if (!entries.some(([, value]) => value instanceof Error)) return fields;
  return Object.fromEntries(
    entries.map(([name, value]) => [name, value instanceof Error ? serializeError(value) : value]),
  );
}

/**
 * A line is out before the call that wrote it returns: one that waits for its turn is lost with the process, and an audit record tells of what
 * has been done. Where lines cannot be written any more, a full disk for instance, the process ends, and does nothing that nobody can follow.
 */
function standardOutput(): DestinationStream {
  const output = pino.destination({ dest: 1, sync: true });
  // A reader that is gone is no failure of ours: pino writes nothing more then.
  output.on('error', ({ code }: NodeJS.ErrnoException) => code === 'EPIPE' || process.exit(1));
  return output;
}

function redactTexts(line: string): string {
  return line.replace(SECRET_TEXTS, REDACTED);
}
