/** One Secret that pods of a template read; `key` is missing where they read all that is in it. */
export interface KeySource {
  readonly secret: string;
  readonly key?: string;
}

/** The part of a pod template that names Secrets. */
export interface PodTemplate {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: {
    readonly containers?: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly volumes?: readonly Volume[];
  };
}

interface Container {
  readonly env?: readonly {
    readonly valueFrom?: { readonly secretKeyRef?: { readonly name?: string; readonly key: string } };
  }[];
  readonly envFrom?: readonly { readonly secretRef?: { readonly name?: string } }[];
}

interface Items {
  readonly items?: readonly { readonly key: string }[];
}

interface Volume {
  readonly secret?: Items & { readonly secretName?: string };
  readonly projected?: { readonly sources?: readonly { readonly secret?: Items & { readonly name?: string } }[] };
}

/**
 * The Secrets that a pod of this template reads when it starts: env, envFrom, volumes and projected volumes of all its containers. What
 * a CSI driver mounts is no Secret of ours and is not seen here.
 */
export function keySources({ spec = {} }: PodTemplate): KeySource[] {
  const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
  return [...containers.flatMap(sourcesOfContainer), ...(spec.volumes ?? []).flatMap(sourcesOfVolume)];
}

/** Whether a pod with these sources reads that key of that Secret. */
export function reads(sources: readonly KeySource[], secret: string, key: string): boolean {
  return sources.some((source) => source.secret === secret && (source.key === undefined || source.key === key));
}

function sourcesOfContainer({ env = [], envFrom = [] }: Container): KeySource[] {
  const single = env.flatMap(({ valueFrom }) => {
    const { name, key } = valueFrom?.secretKeyRef ?? {};
    return name && key ? [{ secret: name, key }] : [];
  });
  return [...single, ...envFrom.flatMap(({ secretRef }) => (secretRef?.name ? [{ secret: secretRef.name }] : []))];
}

function sourcesOfVolume({ secret, projected }: Volume): KeySource[] {
  const parts = (projected?.sources ?? []).map((source) => ({
    name: source.secret?.name,
    items: source.secret?.items,
  }));
  return [{ name: secret?.secretName, items: secret?.items }, ...parts].flatMap(({ name, items }) => {
    if (!name) return [];
    return items ? items.map(({ key }) => ({ secret: name, key })) : [{ secret: name }];
  });
}
