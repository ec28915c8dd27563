import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

interface Locked {
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly link?: boolean;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
}

const read = (file: string) => JSON.parse(readFileSync(join(import.meta.dirname, '../../..', file), 'utf8'));
const packages: readonly (readonly [string, Locked])[] = Object.entries<Locked>(
  read('package-lock.json').packages,
).filter(([name, { link }]) => name.includes('node_modules/') && !link);
const { dependencies, devDependencies, optionalDependencies } = read('package.json');

describe('the packages that we install', () => {
  it('run nothing while they are installed', () => {
    expect(packages.length).toBeGreaterThan(100);
    expect(packages.filter(([, { hasInstallScript }]) => hasInstallScript).map(([name]) => name)).toEqual([]);
  });

  it('are held to their digest where they come with the operator', () => {
    const shipped = packages.filter(([, { dev }]) => !dev);
    expect(shipped.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')).map(([name]) => name)).toEqual([]);
  });

  it('are named in exact versions', () => {
    const versions: string[] = Object.values({ ...dependencies, ...devDependencies, ...optionalDependencies });
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
});
