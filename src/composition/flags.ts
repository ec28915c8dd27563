import { parseArgs } from 'node:util';
import { parseDuration } from '../api/duration.ts';
import { GROUP } from '../api/names.ts';
import { isNetwork } from '../http/private-networks.ts';
import type { Limits } from '../rotation/facts.ts';
import type { CertificateFiles } from '../server/serving-certificate.ts';
import type { LogLevel } from '../telemetry/logger.ts';

/** What the command line says. Durations in milliseconds. */
export interface Flags {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  /** None: all. */
  readonly namespaces: readonly string[];
  /** Whether issuers and stores of the whole cluster are followed. */
  readonly clusterKinds: boolean;
  /** Where the Secrets are that they name; undefined: the namespace that the connection belongs to. */
  readonly clusterResourceNamespace: string | undefined;
  /** As a label's value may be; undefined: the uid of namespace kube-system. */
  readonly installation: string | undefined;
  /** Whether replicas elect the one that works. */
  readonly leaderElect: boolean;
  /** Where the Lease is; undefined: the namespace that the connection belongs to. */
  readonly leaderElectionNamespace: string | undefined;
  readonly host: string;
  readonly probePort: number;
  readonly reportsPort: number;
  /** What the reports API serves TLS with; undefined: it speaks plain HTTP. */
  readonly reportsCertificate: CertificateFiles | undefined;
  readonly audience: string;
  /** For these alone the operator makes tokens to log in to stores with; at least one, none empty. */
  readonly storeAudiences: readonly string[];
  /** KeyStores of these namespaces may use the operator's own identity at AWS; none empty. */
  readonly podIdentityNamespaces: readonly string[];
  /** Private networks, as `10.0.0.0/8`, that issuers of type HTTP may be in. */
  readonly httpIssuerNetworks: readonly string[];
  /** For tests: takes the calls to AWS; undefined: AWS itself. */
  readonly awsEndpoint: string | undefined;
  readonly logLevel: LogLevel;
  readonly concurrency: number;
  readonly shutdownGraceMs: number;
  readonly limits: Limits;
}

/** A flag that cannot be used. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
}

const OPTIONS = {
  kubeconfig: { type: 'string' },
  context: { type: 'string' },
  namespace: { type: 'string' },
  'cluster-kinds': { type: 'string' },
  'cluster-resource-namespace': { type: 'string' },
  installation: { type: 'string' },
  'leader-elect': { type: 'string', default: 'true' },
  'leader-election-namespace': { type: 'string' },
  host: { type: 'string', default: '0.0.0.0' },
  'probe-port': { type: 'string', default: '8080' },
  'reports-port': { type: 'string', default: '8082' },
  'reports-tls-cert': { type: 'string' },
  'reports-tls-key': { type: 'string' },
  audience: { type: 'string', default: GROUP },
  'store-audiences': { type: 'string', default: 'vault' },
  'pod-identity-namespaces': { type: 'string' },
  'http-issuer-networks': { type: 'string', default: '' },
  'aws-endpoint': { type: 'string' },
  'log-level': { type: 'string', default: 'info' },
  concurrency: { type: 'string', default: '16' },
  'shutdown-grace': { type: 'string', default: '25s' },
  'issue-calls-per-hour': { type: 'string', default: '6' },
  'namespace-issue-calls-per-hour': { type: 'string', default: '1000' },
  'take-over-after': { type: 'string', default: '60s' },
  'sweep-delay': { type: 'string', default: '10m' },
  'restarts-at-once': { type: 'string', default: '3' },
  'deletion-give-up-after': { type: 'string', default: '10m' },
  help: { type: 'boolean', default: false },
} as const;

/** The text of `--help`. */
export const USAGE = `Rotates API keys by itself: issues, publishes, waits for every consumer, revokes.

  --kubeconfig FILE            how to reach Kubernetes; default KUBECONFIG, the pod's own account, ~/.kube/config
  --context NAME               context of the kubeconfig
  --namespace A,B              watch these namespaces only, each with rights of its own; default all
  --cluster-kinds=false        use no ClusterApiKeyIssuers and ClusterKeyStores; default true, and false with --namespace
  --cluster-resource-namespace NAME  where Secrets are that these name; default the pod's own, or the kubeconfig context's
  --installation ID            whose keys and markers are ours, as a label's value; default the uid of namespace kube-system
  --leader-elect=false         work without a lease: exactly one replica; default true, one of several replicas works
  --leader-election-namespace NAME  where the Lease is; default the pod's own, or the kubeconfig context's
  --host ADDRESS               where to listen; default 0.0.0.0
  --probe-port PORT            /livez, /readyz, /metrics; default 8080, 0 takes a free one
  --reports-port PORT          reports of consumers, another one than probes; default 8082, 0 takes a free one
  --reports-tls-cert FILE      certificate chain in PEM that the reports API serves TLS with, read anew when it is renewed;
  --reports-tls-key FILE       with its private key; default neither, it speaks plain HTTP
  --audience NAME              audience of report tokens; default ${GROUP}
  --store-audiences A,B        audiences that a KeyStore may have tokens made for; default vault
  --pod-identity-namespaces A,B  namespaces whose KeyStores may use the operator's own identity at AWS; default none
  --http-issuer-networks A/N,B/M  private networks that issuers of type HTTP may be in; default none
  --aws-endpoint URL           for tests: where stores call AWS; default AWS itself
  --log-level LEVEL            debug, info, warn or error; default info
  --concurrency N              objects worked on at a time, up to twice as many where they take long; default 16
  --shutdown-grace DURATION    how long effects in flight may take to end after SIGTERM; default 25s
  --issue-calls-per-hour N     issue calls for one object within an hour; default 6
  --namespace-issue-calls-per-hour N  issue calls for all objects of a namespace within an hour; default 1000
  --take-over-after DURATION   an attempt of a process that is gone is recovered after this; default 60s
  --sweep-delay DURATION       after a lost issue call, orphan keys are looked for once more then; default 10m
  --restarts-at-once N         workloads of one namespace that restart for their keys at a time; default 3
  --deletion-give-up-after DURATION  tries of a deletion end then; default 10m
`;

/** Reads the arguments; undefined for --help. Throws FlagError naming the flag, the problem and the remedy. */
export function parseFlags(args: readonly string[]): Flags | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  return {
    kubeconfig: values.kubeconfig,
    context: values.context,
    namespaces: namespaces('namespace', values.namespace),
    clusterKinds: truth('cluster-kinds', values['cluster-kinds'] ?? String(values.namespace === undefined)),
    clusterResourceNamespace: values['cluster-resource-namespace'],
    installation: optional(values.installation, installation),
    leaderElect: truth('leader-elect', values['leader-elect']),
    leaderElectionNamespace: values['leader-election-namespace'],
    host: values.host,
    ...ports(values['probe-port'], values['reports-port']),
    reportsCertificate: certificate(values['reports-tls-cert'], values['reports-tls-key']),
    audience: values.audience,
    httpIssuerNetworks: networks('http-issuer-networks', values['http-issuer-networks']),
    storeAudiences: audiences('store-audiences', values['store-audiences']),
    podIdentityNamespaces: namespaces('pod-identity-namespaces', values['pod-identity-namespaces']),
    awsEndpoint: optional(values['aws-endpoint'], (url) => origin('aws-endpoint', url)),
    logLevel: logLevel(values['log-level']),
    concurrency: wholeNumber('concurrency', values.concurrency, 1, 1_024),
    shutdownGraceMs: duration('shutdown-grace', values['shutdown-grace']),
    limits: {
      takeOverAfter: duration('take-over-after', values['take-over-after']),
      recheckAfter: 300_000,
      sweepDelay: duration('sweep-delay', values['sweep-delay']),
      issueCallsPerHour: wholeNumber('issue-calls-per-hour', values['issue-calls-per-hour'], 1, 30),
      namespaceIssueCallsPerHour: wholeNumber(
        'namespace-issue-calls-per-hour',
        values['namespace-issue-calls-per-hour'],
        1,
        10_000,
      ),
      restartsAtOnce: wholeNumber('restarts-at-once', values['restarts-at-once'], 1, 100),
      deletionGiveUpAfter: duration('deletion-give-up-after', values['deletion-give-up-after']),
    },
  };
}

function parse(args: readonly string[]) {
  try {
    // As other programs of Kubernetes take them: alone they mean true.
    const spelled = args.map((arg) => (/^--(leader-elect|cluster-kinds)$/.test(arg) ? `${arg}=true` : arg));
    return parseArgs({ args: spelled, options: OPTIONS, strict: true }).values;
  } catch (error) {
    throw new FlagError(`${error instanceof Error ? error.message : error}; see --help`);
  }
}

/** It stands in labels of keys, where a slash or what a vendor takes instead ends it, and in staging labels at AWS. */
function installation(text: string): string {
  if (/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(text)) return text;
  const rule = 'up to 63 letters, digits, -, _ and ., a letter or a digit first and last';
  throw new FlagError(`--installation '${text}' cannot stand in labels of keys: take ${rule}, for instance prod-eu1`);
}

function ports(probe: string, reports: string): Pick<Flags, 'probePort' | 'reportsPort'> {
  const probePort = wholeNumber('probe-port', probe, 0, 65_535);
  const reportsPort = wholeNumber('reports-port', reports, 0, 65_535);
  // Of free ones each takes its own.
  if (probePort !== reportsPort || probePort === 0) return { probePort, reportsPort };
  throw new FlagError(`--reports-port ${reports} is the --probe-port too: give each a port of its own`);
}

function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new FlagError(`--${flag} ${text} is not a whole number from ${least} to ${most}`);
}

function truth(flag: string, text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new FlagError(`--${flag}=${text} is neither true nor false`);
}

function namespaces(flag: string, text: string | undefined): readonly string[] {
  const names = text === undefined ? [] : wordsOf(text);
  if (names.every((name) => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name))) return names;
  throw new FlagError(`--${flag} '${text}' is not a list of namespaces; write for instance platform,platform-test`);
}

function wordsOf(text: string): readonly string[] {
  return text.split(',').map((name) => name.trim());
}

function certificate(cert: string | undefined, key: string | undefined): CertificateFiles | undefined {
  if (cert && key) return { cert, key };
  if (cert === undefined && key === undefined) return undefined;
  const [given, lacking] = cert ? ['cert', 'key'] : ['key', 'cert'];
  throw new FlagError(`--reports-tls-${given} needs --reports-tls-${lacking} beside it; name both files, or neither`);
}

function audiences(flag: string, text: string): readonly string[] {
  const names = wordsOf(text);
  if (names.every((name) => /^\S+$/.test(name))) return names;
  throw new FlagError(`--${flag} '${text}' is not a list of audiences; write for instance vault,vault-test`);
}

function optional<T>(text: string | undefined, read: (text: string) => T): T | undefined {
  return text === undefined ? undefined : read(text);
}

function origin(flag: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin;
  throw new FlagError(`--${flag} ${text} is not http(s)://host[:port]`);
}

function networks(flag: string, text: string): readonly string[] {
  if (text.trim() === '') return [];
  const named = wordsOf(text);
  if (named.every(isNetwork)) return named;
  throw new FlagError(`--${flag} '${text}' is not a list of networks; write for instance 10.0.0.0/8,fd00::/8`);
}

function duration(flag: string, text: string): number {
  const value = parseDuration(text);
  if (value !== undefined) return value;
  throw new FlagError(`--${flag} ${text} is not a duration; write for instance 90s, 10m or 1h30m`);
}

function logLevel(text: string): LogLevel {
  if (text === 'debug' || text === 'info' || text === 'warn' || text === 'error') return text;
  throw new FlagError(`--log-level ${text} is not one of debug, info, warn, error`);
}
