const LINK = /\s*<([^<>]*)>((?:\s*;\s*[\w!#$&+.^`|~*-]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s",;]+))?)*)\s*(?:,|$)/y;
const RELATION = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]+))/i;
const EMPTY = /[\s,]*$/y;

/**
 * The target of the link `rel="next"` in a Link header (RFC 8288), as it stands there; undefined where there is none, `Unreadable` where
 * the header is no such list: a next page in it must not be taken for the end.
 */
export function nextLink(header: string): string | undefined | { readonly type: 'Unreadable' } {
  let next: string | undefined;
  for (let at = 0; !matchesAt(EMPTY, header, at); ) {
    const link = matchesAt(LINK, header, at);
    if (!link) return { type: 'Unreadable' };
    const [whole, target, parameters = ''] = link;
    const [, quoted, word = ''] = RELATION.exec(parameters) ?? [];
    if ((quoted ?? word).toLowerCase().split(/\s+/).includes('next')) next ??= target;
    at += whole.length;
  }
  return next;
}

function matchesAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
