import type { Json } from '../engine/json.ts';
import type { KubeObject } from '../engine/object.ts';
import type { PrinterColumn } from '../engine/resource.ts';
import { evaluate } from './json-path.ts';

/** One table column and how its cell is made; priority above 0 shows with `-o wide` only. */
export interface Column {
  name: string;
  type: string;
  format: string;
  description: string;
  priority: number;
  cell: (object: KubeObject, now: number) => Json;
}

const units = { y: 365 * 86_400, d: 86_400, h: 3600, m: 60, s: 1 };
/** Up to so many seconds a duration shows this unit, and with `minor` the one below as well. */
const steps: { below: number; unit: keyof typeof units; minor?: keyof typeof units }[] = [
  { below: 120, unit: 's' },
  { below: 600, unit: 'm', minor: 's' },
  { below: 3 * 3600, unit: 'm' },
  { below: 8 * 3600, unit: 'h', minor: 'm' },
  { below: 48 * 3600, unit: 'h' },
  { below: 8 * 86_400, unit: 'd', minor: 'h' },
  { below: 2 * 365 * 86_400, unit: 'd' },
  { below: 8 * 365 * 86_400, unit: 'y', minor: 'd' },
];

/** A duration as kubectl prints it: `42s`, `3m20s`, `5h`, `2d`. */
function humanDuration(seconds: number): string {
  if (seconds < -1) return '<invalid>';
  const whole = Math.max(0, Math.floor(seconds));
  const { unit, minor } = steps.find(({ below }) => whole < below) ?? { unit: 'y' as const };
  const rest = minor ? Math.floor((whole % units[unit]) / units[minor]) : 0;
  return `${Math.floor(whole / units[unit])}${unit}${rest > 0 ? `${rest}${minor}` : ''}`;
}

/** How long ago a time was; `<unknown>` where there is none. */
export function age(value: Json | undefined, now: number): string {
  if (typeof value !== 'string' || value === '') return '<unknown>';
  const at = Date.parse(value);
  return Number.isNaN(at) ? '<invalid>' : humanDuration((now - at) / 1000);
}

/** A column that shows what a JSONPath of printer columns selects. */
export function pathColumn({ name, type, jsonPath, priority = 0, description, format = '' }: PrinterColumn): Column {
  const cell = (object: KubeObject, now: number): Json => {
    const values = evaluate(object, jsonPath);
    if (values.length === 0) return null;
    if (type === 'date') return age(values[0], now);
    if (values.length > 1) return values.map(String).join(',');
    return typeof values[0] === 'object' ? JSON.stringify(values[0]) : (values[0] ?? null);
  };
  const standard = `Custom resource definition column (in JSONPath format): ${jsonPath}`;
  return { name, type, format, description: description ?? standard, priority, cell };
}
