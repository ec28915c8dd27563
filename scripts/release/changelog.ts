/** What CHANGELOG.md says of one version. */
export interface Version {
  /** Its section, without the heading. */
  readonly text: string;
  readonly changes: readonly Change[];
}

/** One entry, as Artifact Hub shows it. */
export interface Change {
  /** The heading that it stands below, in lower case: added, changed, deprecated, removed, fixed or security. */
  readonly kind: string;
  /** In one line. */
  readonly description: string;
}

/** Finds a version in a changelog of the format of Keep a Changelog. Throws where there is none, or no date that it was released on. */
export function versionIn(changelog: string, version: string): Version {
  const section = changelog.split(/^## /m).find((part) => part.startsWith(`${version} `));
  if (section === undefined) throw new Error(`CHANGELOG.md has no section ${version}: write what changes for users`);
  const [heading = '', ...lines] = section.split('\n');
  const date = heading.slice(version.length).replace(/[\s()-]*(.*?)[\s()]*$/, '$1');
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date))
    throw new Error(`CHANGELOG.md says "${date}" of ${version}: give it the date of its release, as 2026-12-31`);
  const text = lines.join('\n').trim();
  return { text, changes: changesIn(text) };
}

function changesIn(text: string): readonly Change[] {
  return text
    .split(/^### /m)
    .slice(1)
    .flatMap((part) => {
      const [kind = '', ...entries] = part.split(/\n+^- /m);
      return entries.map((entry) => ({
        kind: kind.trim().toLowerCase(),
        description: entry.replace(/\s+/g, ' ').trim(),
      }));
    });
}
