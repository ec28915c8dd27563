const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of a Go duration (`1h30m`), of a number of seconds, or of a text that is one; 0 where it is none. */
export function parseSeconds(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return 0;
  if (/^-?\d+$/.test(value)) return Number(value);
  const sign = value.startsWith('-') ? -1 : 1;
  const parts = [...value.matchAll(/(\d+)([smhd])/g)];
  return sign * parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNIT_SECONDS[unit ?? ''] ?? 0), 0);
}

/** Seconds as Go prints a duration: `0s`, `1m30s`, `2h0m0s`, `-1s`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 0) return `-${formatSeconds(-seconds)}`;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = seconds % 60;
  if (hours) return `${hours}h${minutes}m${rest}s`;
  return minutes ? `${minutes}m${rest}s` : `${rest}s`;
}
