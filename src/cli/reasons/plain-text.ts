/** Whose names stand in commands in place of those of the page's examples. */
interface Names {
  readonly namespace?: string;
  readonly name?: string;
}

/** Markdown of docs/troubleshooting.md for a terminal: its examples are of payments/apio, its links are of the folder docs. */
export function plainText(markdown: string, { namespace = 'payments', name = 'apio' }: Names = {}): string {
  return markdown
    .replace(/\[([^\]]+)\]\(([^)]+)\)/g, (_, text: string, link: string) => linkText(text, link))
    .replace(/`([^`]*)`/g, (_, code: string) =>
      code.replaceAll('-n payments', `-n ${namespace}`).replaceAll('akr apio', `akr ${name}`),
    );
}

/** Within the page there is nowhere to go; a text that is the name of the page is said once. */
function linkText(text: string, link: string): string {
  if (link.startsWith('#')) return text;
  return text.endsWith('.md') ? `docs/${link}` : `${text} (docs/${link})`;
}
