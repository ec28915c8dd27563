import { describe, expect, it } from 'vitest';
import { FlagError, parseFlags, USAGE } from '../../../src/composition/flags.ts';

describe('the flags', () => {
  it('name the private networks of issuers of type HTTP, none by default', () => {
    expect(parseFlags([])?.httpIssuerNetworks).toEqual([]);
    expect(parseFlags(['--http-issuer-networks', '10.0.0.0/8, fd00::/8'])?.httpIssuerNetworks).toEqual([
      '10.0.0.0/8',
      'fd00::/8',
    ]);
    for (const text of ['10.0.0.0', '10.0.0.0/33', 'vendor.test/8', '10.0.0.0/8,'])
      expect(() => parseFlags(['--http-issuer-networks', text])).toThrow(
        `--http-issuer-networks '${text}' is not a list of networks; write for instance 10.0.0.0/8,fd00::/8`,
      );
  });

  it('have defaults, and the usage tells the same', () => {
    expect(parseFlags([])).toMatchObject({ probePort: 8080, reportsPort: 8082, storeAudiences: ['vault'] });
    expect(USAGE).toMatch(/--reports-port PORT .*default 8082/);
    expect(USAGE).toMatch(/--store-audiences A,B .*default vault/);
  });

  it('take a list of audiences for the tokens of stores', () => {
    const flags = parseFlags(['--store-audiences', 'vault, https://vault.example']);
    expect(flags?.storeAudiences).toEqual(['vault', 'https://vault.example']);
  });

  it.each(['', ' ', 'vault,', ',vault', 'vault,,other', 'two words'])(
    'refuse the audiences %j, since an empty one would mean the Kubernetes API itself',
    (text) => {
      expect(() => parseFlags(['--store-audiences', text])).toThrow(FlagError);
      expect(() => parseFlags(['--store-audiences', text])).toThrow(/--store-audiences .* write for instance/);
    },
  );

  it('name the namespaces that are watched, or none for all of them', () => {
    expect(parseFlags([])?.namespaces).toEqual([]);
    expect(parseFlags(['--namespace', 'payments'])?.namespaces).toEqual(['payments']);
    expect(parseFlags(['--namespace', 'team-a, team-b'])?.namespaces).toEqual(['team-a', 'team-b']);
    expect(() => parseFlags(['--namespace', 'team-a,'])).toThrow("--namespace 'team-a,' is not a list of namespaces");
  });

  it("let no namespace use the operator's own identity at AWS unless it is named", () => {
    expect(parseFlags([])?.podIdentityNamespaces).toEqual([]);
    expect(parseFlags(['--pod-identity-namespaces', 'a, b-1'])?.podIdentityNamespaces).toEqual(['a', 'b-1']);
    for (const text of ['', '*', 'a,,b', 'A']) {
      expect(() => parseFlags(['--pod-identity-namespaces', text])).toThrow('is not a list of namespaces');
    }
  });

  it.each(['aws', 'ftp://aws', 'http://user@aws', 'http://aws/path'])('refuse %s as an endpoint of AWS', (url) => {
    expect(() => parseFlags(['--aws-endpoint', url])).toThrow(`--aws-endpoint ${url} is not http(s)://host[:port]`);
    expect(parseFlags(['--aws-endpoint', 'http://127.0.0.1:4566/'])?.awsEndpoint).toBe('http://127.0.0.1:4566');
  });

  it('name both files of the certificate of the reports API, or neither', () => {
    expect(parseFlags([])?.reportsCertificate).toBeUndefined();
    const both = ['--reports-tls-cert', 'tls.crt', '--reports-tls-key', 'tls.key'];
    expect(parseFlags(both)?.reportsCertificate).toEqual({ cert: 'tls.crt', key: 'tls.key' });
    for (const half of [both.slice(0, 2), both.slice(2), ['--reports-tls-cert=', ...both.slice(2)]]) {
      expect(() => parseFlags(half)).toThrow(
        /--reports-tls-(cert needs --reports-tls-key|key needs --reports-tls-cert)/,
      );
    }
  });

  it.each([
    [[], true],
    [['--leader-elect'], true],
    [['--leader-elect=true'], true],
    [['--leader-elect=false'], false],
  ])('elect a leader unless told otherwise: %j', (args, elects) => {
    expect(parseFlags(args)).toMatchObject({ leaderElect: elects, leaderElectionNamespace: undefined });
  });

  it.each([
    [[], true],
    [['--namespace', 'payments'], false],
    [['--namespace', 'payments', '--cluster-kinds'], true],
    [['--cluster-kinds=false'], false],
  ])(
    'follow issuers and stores of the cluster where the whole cluster is watched, unless told otherwise: %j',
    (args, follows) => {
      expect(parseFlags(args)).toMatchObject({ clusterKinds: follows, clusterResourceNamespace: undefined });
    },
  );

  it('refuse an election that is neither on nor off', () => {
    expect(() => parseFlags(['--leader-elect=no'])).toThrow('--leader-elect=no is neither true nor false');
  });

  it('ask for no explanation with --help', () => expect(parseFlags(['--help'])).toBeUndefined());
});
