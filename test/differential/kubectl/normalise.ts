/** What differs between two runs against the same server, and what it becomes. */
const volatile: readonly (readonly [RegExp, string])[] = [
  [/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, '<token>'],
  [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uid>'],
  [/https?:\/\/127\.0\.0\.1:\d+/g, '<server>'],
  [/\/\S*\/akr-kubectl-\w+/g, '<folder>'],
  [/(LIVE|MERGED|kubectl-edit)-\d+/g, '$1-<number>'],
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z| \+0000)/g, '<time>'],
  [/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000/g, '<time>'],
  [/("?resourceVersion"?: ?)"\d+"/g, '$1"<version>"'],
  [/(Resource Version: +)\d+/g, '$1<version>'],
  // Columns are as wide as what is in them, so that an age takes the blanks after it along.
  [/\b\d+(s|m\d*s?|d|y\d*d?)( +|$)/gm, '<age> '],
  [/\b\d+d\)/g, '<age>)'],
  [/(Client Version: v1\.\d+|Server Version: v1\.\d+)\S*/g, '$1'],
];

/** The text without ids, times, ages, versions, tokens and addresses. */
export function normalise(text: string): string {
  return volatile.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}
