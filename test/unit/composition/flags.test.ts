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

  it.each(['here', 'prod-eu1', 'Team_A.2', '3f0c4c1e-8b1a-4a36-9d4e-0c2b1f9f7a55', 'x'.repeat(63)])(
    'take %s for the name of the installation',
    (name) => expect(parseFlags(['--installation', name])?.installation).toBe(name),
  );

  it.each(['', 'prod/eu1', 'prod eu1', '-prod', 'prod.', 'prod:eu1', 'přod', 'prod\n', 'x'.repeat(64)])(
    'refuse %j, which would make labels of keys that cannot be read again, as the name of the installation',
    (name) => {
      expect(() => parseFlags([`--installation=${name}`])).toThrow(
        `--installation '${name}' cannot stand in labels of keys: take up to 63 letters, digits, -, _ and .,`,
      );
    },
  );

  it.each([
    [['--reports-port', '8080'], '--reports-port 8080 is the --probe-port too: give each a port of its own'],
    [['--probe-port', '8082'], '--reports-port 8082 is the --probe-port too: give each a port of its own'],
  ])('refuse one port for two servers: %j', (args, message) => {
    expect(() => parseFlags(args)).toThrow(message);
  });

  it('let both servers have free ports', () => {
    const free = ['--probe-port', '0', '--reports-port', '0'];
    expect(parseFlags(free)).toMatchObject({ probePort: 0, reportsPort: 0 });
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
