const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** A duration as kubectl tells ages: `45s`, `12m`, `5h`, `3d`; below 3 of a unit with the next smaller one, as `1h30m`. */
export function ageText(ms: number): string {
  const whole = Math.max(0, Math.floor(ms / 1_000) * 1_000);
  const at = UNITS.findIndex(([, size]) => whole >= size);
  const [unit, size] = UNITS[at] ?? UNITS[3];
  const count = Math.floor(whole / size);
  const [nextUnit, nextSize] = UNITS[at + 1] ?? ['', 0];
  const rest = nextSize > 0 && count < 3 ? Math.floor((whole - count * size) / nextSize) : 0;
  return `${count}${unit}${rest > 0 ? `${rest}${nextUnit}` : ''}`;
}

/** How long ago, or in how long: `3m ago`, `in 2d`. Empty for a time that is none. */
export function relativeText(time: string | undefined, nowMs: number): string {
  const at = Date.parse(time ?? '');
  if (Number.isNaN(at)) return '';
  return at <= nowMs ? `${ageText(nowMs - at)} ago` : `in ${ageText(at - nowMs)}`;
}

/** `2026-11-28 09:00:00Z`; a time that is none as it stands. */
export function timeText(time: string | undefined): string {
  if (time === undefined) return '';
  const at = Date.parse(time);
  return Number.isNaN(at) ? time : `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

/** `2026-11-28 09:00:00Z (3m ago)`. */
export function timeWithAge(time: string | undefined, nowMs: number): string {
  const relative = relativeText(time, nowMs);
  return `${timeText(time)}${relative && ` (${relative})`}`;
}
