import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What measures time has the machine to itself; all the rest waits more than it works, so that several files run at once. */
const ALONE = ['test/e2e/load/*.test.ts', 'test/e2e/components/*.test.ts'];
/** These wait for minutes, and so begin before the others and run beside them. */
const PATIENT = ['experiment/outages.test.ts', 'scenarios/half-open.test.ts', 'scenarios/everything.test.ts'];

class PatientFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isPatient = ({ moduleId }: TestSpecification) => PATIENT.some((end) => moduleId.endsWith(end));
    const sorted = await super.sort(files);
    return [...sorted.filter(isPatient), ...sorted.filter((file) => !isPatient(file))];
  }
}

export default defineConfig({
  test: {
    globalSetup: ['test/e2e/components/set-up.ts'],
    testTimeout: 120_000,
    hookTimeout: 240_000,
    sequence: { sequencer: PatientFirst },
    projects: [
      { extends: true, test: { name: 'alone', include: ALONE, fileParallelism: false, sequence: { groupOrder: 1 } } },
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/{e2e,chart}/**/*.test.ts', 'test/contract/{kube-api,vault-kv,store}/*.test.ts'],
          exclude: ALONE,
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
