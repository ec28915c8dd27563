const NAMESPACE = '{{namespace}}';

/** A pattern, or a prefix of paths, as it reads for rotations of one namespace. */
export function forNamespace(pattern: string, namespace: string): string {
  return pattern.replaceAll(NAMESPACE, namespace);
}

/** Whether all of a text is what the pattern says, in which * stands for any characters or none. Takes linear time, whatever both are. */
export function matchesPattern(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return text === pattern;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let from = first.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return from <= text.length - last.length;
}

/** Whether a grant is for rotations of this namespace. */
export function isForNamespace({ namespaces }: { readonly namespaces: readonly string[] }, namespace: string): boolean {
  return namespaces.some((pattern) => matchesPattern(pattern, namespace));
}
