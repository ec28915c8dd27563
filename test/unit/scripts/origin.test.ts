import { expect, it } from 'vitest';
import { originOf } from '../../../scripts/release/origin.ts';

const digest = `sha256:${'0'.repeat(64)}`;
const said = {
  repository: 'https://github.com/acme/keys',
  image: `registry.example.com/acme/operator@${digest}`,
  charts: 'registry.example.com:5000/charts',
};

it('a release knows its repository, its image by digest and where charts are', () => {
  expect(originOf(said)).toEqual({
    repository: 'https://github.com/acme/keys',
    image: { repository: 'registry.example.com/acme/operator', digest },
    charts: 'registry.example.com:5000/charts',
  });
});

it.each([
  ['an image without a host', { image: `acme/operator@${digest}` }, '--image is host/owner/name@sha256:…'],
  ['an image by its tag', { image: 'registry.example.com/acme/operator:1' }, '--image is'],
  ['charts without a host', { charts: 'acme/charts' }, '--charts is host/owner/charts, and not "acme/charts"'],
  ['no charts', { charts: '' }, '--charts is'],
  ['a repository without its server', { repository: 'acme/keys' }, '--repository is its address'],
])('%s is refused', (_name, wrong, message) => {
  expect(() => originOf({ ...said, ...wrong })).toThrow(message);
});
