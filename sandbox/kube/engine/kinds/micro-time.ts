const microTime = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.\d{6}(?:Z|[+-]\d\d:\d\d)$/;

/** Where Go stops to understand a time. */
function unread(value: string): string {
  if (!/^\d{4}/.test(value)) return `cannot parse "${value}" as "2006"`;
  return `cannot parse "${value.slice(19)}" as ".000000"`;
}

/** The first part that no calendar has, in the order in which Go looks. */
function outOfRange([year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0]: number[]): string | undefined {
  if (month < 1 || month > 12) return 'month';
  if (hour > 23) return 'hour';
  if (minute > 59) return 'minute';
  if (second > 59) return 'second';
  return day < 1 || day > new Date(Date.UTC(year, month, 0)).getUTCDate() ? 'day' : undefined;
}

function partsOf(value: string): number[] {
  return microTime.exec(value)?.slice(1, 7).map(Number) ?? [];
}

/** What Go says of a text that is no time with microseconds; undefined for one that is. */
export function microTimeError(value: string): string | undefined {
  if (!microTime.test(value)) {
    return `parsing time "${value}" as "2006-01-02T15:04:05.000000Z07:00": ${unread(value)}`;
  }
  const part = outOfRange(partsOf(value));
  return part === undefined ? undefined : `parsing time "${value}": ${part} out of range`;
}

/** A time with microseconds as Go writes it: in UTC. */
export function microTimeInUtc(value: string): string {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = partsOf(value);
  const [, sign = '', hours = '0', minutes = '0'] = /([+-])(\d\d):(\d\d)$/.exec(value) ?? [];
  const offset = Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes));
  const time = new Date(Date.UTC(year, month - 1, day, hour, minute - offset, second));
  return `${time.toISOString().slice(0, 19)}${value.slice(19, 26)}Z`;
}
