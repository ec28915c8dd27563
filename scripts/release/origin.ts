/** Where a release comes from, and where it is published. */
export interface Origin {
  /** The repository, as `https://github.com/owner/name`. */
  readonly repository: string;
  readonly image: {
    /** With its host. */
    readonly repository: string;
    /** `sha256:…` of what was pushed there. */
    readonly digest: string;
  };
  /** Repository of charts, with its host. */
  readonly charts: string;
}

/** Reads what the workflow knows. Throws where users could not find what was published. */
export function originOf({ repository = '', image = '', charts = '' }: Readonly<Record<string, string>>): Origin {
  const [place = '', digest = ''] = image.split('@');
  demand(
    hasHost(place) && /^sha256:[0-9a-f]{64}$/.test(digest),
    `--image is host/owner/name@sha256:…, and not "${image}"`,
  );
  demand(hasHost(charts), `--charts is host/owner/charts, and not "${charts}"`);
  return { repository: repositoryOf(repository), image: { repository: place, digest }, charts };
}

/** The repository that `--repository` names. Throws where that is no address of one. */
export function repositoryOf(repository = ''): string {
  demand(
    /^https:\/\/[^/]+\/[^/]+\/[^/]+$/.test(repository),
    `--repository is its address, as https://github.com/owner/name, and not "${repository}"`,
  );
  return repository;
}

/** A name whose first part has neither dot nor port is taken for one at the engine's own registry. */
const hasHost = (name: string) => /^[^/]*[.:][^/]*(\/[a-z0-9._-]+)+$/.test(name);

function demand(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}
