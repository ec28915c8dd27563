import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { versionIn } from '../../../scripts/release/changelog.ts';
import { helm, rendered } from '../helm.ts';
import { DIGEST } from './doubles.ts';
import { type Published, publish } from './publish.ts';

const TOP = join(import.meta.dirname, '../../..');
const VERSION = JSON.parse(readFileSync(join(TOP, 'package.json'), 'utf8')).version;
const REPOSITORY = 'https://github.com/acme/keys';
const IMAGE = 'registry.example.com/acme/operator';
const CHARTS = 'charts.example.com/acme';
const SAID = {
  'github.server_url': 'https://github.com',
  'github.repository': 'acme/keys',
  'github.token': 'a token',
  'vars.IMAGE_REPOSITORY': IMAGE,
  'vars.CHART_REPOSITORY': CHARTS,
  'secrets.REGISTRY_USER': 'robot',
  'secrets.REGISTRY_PASSWORD': 'a password',
};

describe('what the release workflow publishes', () => {
  let folder: string;
  let released: Published;
  const news = () => versionIn(readFileSync(join(released.clone, 'CHANGELOG.md'), 'utf8'), VERSION);
  const calls = (program: string) => released.calls.filter((call) => call.startsWith(`${program} `));
  const pushed = async (pattern: RegExp) =>
    (await readdir(released.pushed)).filter((name) => pattern.test(name)).map((name) => join(released.pushed, name));

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'published-'));
    released = await publish(folder, SAID, '2026-12-01');
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('is all of it', () => {
    expect(released.problem).toBeUndefined();
    expect(calls('gh').slice(1)).toEqual([expect.stringContaining('--notes-file notes.md')]);
    expect(readFileSync(join(released.clone, 'notes.md'), 'utf8')).toBe(`${news().text}\n`);
  });

  test('is an image whose bases are pinned, and whose label leads to the sources', () => {
    const [build = ''] = calls('docker').filter((call) => call.includes(' --push '));
    const dockerfile = readFileSync(join(TOP, 'Dockerfile'), 'utf8');
    const bases = [...dockerfile.matchAll(/^ARG (\w+_IMAGE)=(\S+)$/gm)];
    expect(bases).toHaveLength(2);
    for (const [, argument, base] of bases) expect(build).toContain(`--build-arg ${argument}=${base}@${DIGEST.base} `);
    expect(build).toContain(`--build-arg SOURCE=${REPOSITORY} `);
    expect(build).toContain('--build-arg CREATED=2027-01-15T08:00:00Z ');
    // An argument that the Dockerfile does not have would be passed for nothing.
    for (const [, argument] of build.matchAll(/--build-arg (\w+)=/g)) expect(dockerfile).toContain(`ARG ${argument}=`);
  });

  test('is a chart whose Deployment runs the image that was pushed, by its digest', async () => {
    const [archive = ''] = await pushed(/^apikey-rotation-operator-.*\.tgz$/);
    const metrics = { prometheusRule: { enabled: true } };
    const objects = parseAllDocuments(await rendered({ metrics }, { chart: archive })).map((document) =>
      document.toJS(),
    );
    const find = (kind: string) => objects.find((object) => object?.kind === kind);
    expect(find('Deployment').spec.template.spec.containers[0].image).toBe(`${IMAGE}@${DIGEST.image}`);
    expect(JSON.stringify(find('PrometheusRule'))).toContain(
      `"${REPOSITORY}/blob/v${VERSION}/docs/runbooks/RotationStalled.md"`,
    );
  });

  test('is a chart that runs a tag where its digest is emptied, and refuses one beside it', async () => {
    const [chart = ''] = await pushed(/^apikey-rotation-operator-.*\.tgz$/);
    await expect(rendered({ image: { tag: 'v9' } }, { chart })).rejects.toThrow('set one of them, and the other to ""');
    expect(await rendered({ image: { tag: 'v9', digest: '' } }, { chart })).toContain(`image: ${IMAGE}:v9\n`);
  });

  test('is a chart that says the same of itself: to Artifact Hub, and to those who install it', async () => {
    const [archive = ''] = await pushed(/^apikey-rotation-operator-.*\.tgz$/);
    const { annotations, ...chart } = parse(await helm(['show', 'chart', archive]));
    expect(chart).toMatchObject({ home: REPOSITORY, sources: [REPOSITORY], maintainers: [{ name: 'acme' }] });
    const shown = (name: string) => parse(annotations[`artifacthub.io/${name}`]);
    expect(shown('images')).toMatchObject([{ image: `${IMAGE}@${DIGEST.image}` }]);
    expect(shown('links')[0].url).toContain(REPOSITORY);
    expect(shown('changes')).toEqual(news().changes);
    expect(shown('prerelease')).toBe(/^0\.|-/.test(VERSION));
    expect(shown('containsSecurityUpdates')).toBe(news().changes.some(({ kind }) => kind === 'security'));
    const readme = await helm(['show', 'readme', archive]);
    expect(readme).toMatch(`oci://${CHARTS}/apikey-rotation-operator --version ${VERSION} `);
    expect(readme).not.toMatch(/ charts\/|--set image\.repository|no published image/);
    expect(readme).toContain(`| \`image.digest\` | \`"${DIGEST.image}"\``);
    expect(await helm(['lint', '--strict', archive])).toContain('0 chart(s) failed');
  });

  test('are packages that name the repository which npm compares with that of their provenance', async () => {
    const archives = await pushed(/^(apikey-rotation-consumer|kubectl-apikey)-.*\.tgz$/);
    expect(archives).toHaveLength(2);
    for (const archive of archives) {
      const manifest = execFileSync('tar', ['-xOzf', archive, 'package/package.json'], { encoding: 'utf8' });
      expect(JSON.parse(manifest).repository).toMatchObject({ type: 'git', url: `git+${REPOSITORY}.git` });
      expect(execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' })).toContain('package/dist/');
    }
  });

  test('is signed as it was pushed', () => {
    expect(calls('cosign').filter((call) => !call.startsWith('cosign verify '))).toEqual([
      `cosign attest --type cyclonedx --predicate tree/sbom.cdx.json ${IMAGE}@${DIGEST.image}`,
      `cosign sign ${IMAGE}@${DIGEST.image}`,
      `cosign sign ${CHARTS}/apikey-rotation-operator@${DIGEST.chart}`,
    ]);
  });

  test('is built and signed anew unless this workflow has signed it before, for this tag and from this commit', () => {
    const asked = (name: string) =>
      [
        'cosign verify --certificate-oidc-issuer https://token.actions.githubusercontent.com',
        `--certificate-identity ${REPOSITORY}/.github/workflows/release.yml@refs/tags/v${VERSION}`,
        `--certificate-github-workflow-sha ${'0'.repeat(40)} --output json ${name}:${VERSION}`,
      ].join(' ');
    expect(calls('cosign').filter((call) => call.startsWith('cosign verify '))).toEqual(
      [IMAGE, `${CHARTS}/apikey-rotation-operator`].map(asked),
    );
  });

  test('is pushed by who has logged in there, and nobody learns the password from the arguments', () => {
    const hosts = calls('docker').map((call) => /^docker login (\S+)/.exec(call)?.[1]);
    expect(hosts.filter(Boolean)).toEqual(['registry.example.com', 'charts.example.com']);
    expect(released.calls.filter((call) => call.includes('a password'))).toEqual([]);
  });
});

/** What a release does once: all of it is seen by others, or can never be taken back. */
const ONCE = ['npm publish', 'cosign sign', 'gh release create'];

/** In the middle of the packages, and with all signed: each is a whole run of the workflow. */
const STOPS = ['npm publish --workspace packages/kubectl-apikey', 'gh release create'];

test('a release that stops half-way is completed by running it again, and nothing of that is done twice', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'published-'));
  try {
    const done: string[] = [];
    for (const refused of [...STOPS, '']) {
      const { problem, calls } = await publish(folder, SAID, '2026-12-01', refused);
      expect(problem).toEqual(refused === '' ? undefined : expect.stringContaining('refused'));
      done.push(...calls.filter((call) => ONCE.some((begin) => call.startsWith(begin))));
    }
    expect(done.map((call) => call.split(' ').slice(0, 4).join(' '))).toEqual([
      'npm publish --workspace packages/consumer',
      'npm publish --workspace packages/kubectl-apikey',
      `cosign sign ${IMAGE}@${DIGEST.image}`,
      `cosign sign ${CHARTS}/apikey-rotation-operator@${DIGEST.chart}`,
      `gh release create v${VERSION}`,
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
}, 240_000);

test.each([
  [
    'an image without a host',
    { 'vars.IMAGE_REPOSITORY': 'acme/operator' },
    '2026-12-01',
    '"acme/operator" has no host',
  ],
  ['no place for charts', { 'vars.CHART_REPOSITORY': '' }, '2026-12-01', '"" has no host: see RELEASING.md'],
  ['a changelog without a date', {}, 'not released yet', 'give it the date of its release'],
])('a release with %s ends before it reaches any registry', async (_name, wrong, date, problem) => {
  const folder = await mkdtemp(join(tmpdir(), 'published-'));
  try {
    const { problem: found, calls } = await publish(folder, { ...SAID, ...wrong }, date);
    expect(found).toContain(problem);
    expect(calls).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
