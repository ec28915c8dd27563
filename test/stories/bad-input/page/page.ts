import { CHAPTERS } from '../../../../src/cli/reasons/all.ts';
import type { Chapter } from '../../../../src/cli/reasons/meaning.ts';
import type { BadInput, Seen } from '../bad-input.ts';
import { GROUPS } from '../rows/all.ts';

const INTRO = `# Troubleshooting

Written by \`npm run generate\` from [the table of what newcomers do wrong](../test/stories/bad-input/rows/all.ts), each row of which is
played in \`npm test\`: it is told as it stands here, no key is issued and nothing is overwritten by it, and when it is corrected the key
rotates. The objects are those of a namespace \`payments\`; \`…\` is what differs from case to case.

\`\`\`sh
kubectl -n payments get akr,apikeyissuers,keystores    # READY and STATUS: the reason
kubectl get clusterapikeyissuers,clusterkeystores      # what is of the whole cluster
kubectl -n payments describe akr apio                  # the conditions with their messages, history, events
kubectl -n payments events --for akr/apio              # what was refused
\`\`\`

\`Ready\` is about the current key: an ordinary rotation does not touch it. \`Rotating\` says what is done or waited for. \`Stalled\` is True
when nothing moves without a person. Look the reason up in the tables below, then the message in the second part.
`;

/** \`docs/troubleshooting.md\`. */
export function troubleshooting(): string {
  const chapters = CHAPTERS.map(chapterText);
  const groups = GROUPS.map(({ title, intro, rows }) => `## ${title}\n\n${intro}\n\n${rowTable(rows)}`);
  return [INTRO, ...chapters, ...groups].join('\n');
}

function chapterText({ title, intro, reasons }: Chapter): string {
  const rows = Object.entries(reasons).map(([reason, { means, remedy }]) => `| \`${reason}\` | ${means} | ${remedy} |`);
  return `## ${title}\n\n${intro}\n\n| reason | it means | what to do |\n|---|---|---|\n${rows.join('\n')}\n`;
}

function rowTable(rows: readonly BadInput[]): string {
  const lines = rows.map(
    ({ did, seen, message, remedy }) => `| ${where(seen)} | ${code(message)} | You ${did}. | ${cell(remedy)} |`,
  );
  return `| where | message | what happened | what to do |\n|---|---|---|---|\n${lines.join('\n')}\n`;
}

function where(seen: Seen): string {
  switch (seen.type) {
    case 'Refused':
      return '`kubectl apply`';
    case 'Answer':
      return `reports API: ${seen.status} \`${seen.code}\``;
    case 'Program':
      return `SDK: \`ConsumerError\`, \`${seen.code}\``;
    case 'Event':
      return `Warning event \`${seen.reason}\``;
    case 'Condition':
      return `${seen.kind}: \`${seen.condition}\`, \`${seen.reason}\``;
  }
}

const code = (text: string) => `\`${cell(text)}\``;

/** What a cell of a table can hold. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
