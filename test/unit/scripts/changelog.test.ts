import { expect, it } from 'vitest';
import { versionIn } from '../../../scripts/release/changelog.ts';

const changelog = `# Changelog

## 0.3.0 (not released yet)

### Added

- Something.

## 0.2.0 (2026-11-30)

### Added

- A thing that
  takes two lines.
- Another one.

### Security

- A hole is closed.

## 0.1.0 - 2026-10-01

Nothing to see.
`;

it('a version has its text, and its entries by their kinds', () => {
  const { text, changes } = versionIn(changelog, '0.2.0');
  expect(text).toMatch(/^### Added\n.*A hole is closed\.$/s);
  expect(changes).toEqual([
    { kind: 'added', description: 'A thing that takes two lines.' },
    { kind: 'added', description: 'Another one.' },
    { kind: 'security', description: 'A hole is closed.' },
  ]);
});

it('a version without entries has none', () => {
  expect(versionIn(changelog, '0.1.0')).toEqual({ text: 'Nothing to see.', changes: [] });
});

it.each([
  ['has no date', '0.3.0', 'CHANGELOG.md says "not released yet" of 0.3.0: give it the date'],
  ['is not there', '0.2', 'CHANGELOG.md has no section 0.2'],
])('a version that %s is refused', (_name, version, message) => {
  expect(() => versionIn(changelog, version)).toThrow(message);
});
