import { NAMESPACE, SECOND, TARGETS } from '../../world/places.ts';
import type { BadInput } from '../bad-input.ts';
import { ISSUER, type Newcomer, VAULT } from '../newcomer.ts';

/** What `kubectl get akr` shows in the column STATUS, and `describe` with the whole sentence. */
function waits(reason: string) {
  return { type: 'Condition', kind: 'ApiKeyRotation', condition: 'Rotating', reason } as const;
}

const create = (spec: object) => (newcomer: Newcomer) => newcomer.create(spec);
const change = (spec: object) => (newcomer: Newcomer) => newcomer.change(spec);
const target = (changes: object) => [{ ...TARGETS.Vault, ...changes }];

/** Rotations that name what is not there, or does not fit. */
export const REFERENCES: readonly BadInput[] = [
  {
    did: 'misspelled the name of the issuer',
    seen: waits('IssuerNotFound'),
    wrong: create({ issuerRef: { name: 'apoi' } }),
    correct: change({ issuerRef: { name: 'apio' } }),
    message: 'spec.issuerRef: there is no ApiKeyIssuer apoi in namespace payments; create it, or correct the name',
    names: ['spec.issuerRef', 'ApiKeyIssuer apoi', 'namespace payments'],
    remedy: 'Name one of `kubectl -n payments get apikeyissuers`, or create it. It goes on by itself.',
  },
  {
    did: 'named an issuer that is in another namespace',
    seen: waits('IssuerNotFound'),
    wrong: (newcomer) => {
      newcomer.make({ kind: 'Namespace', metadata: { name: 'platform' } });
      const { spec } = newcomer.world.kube.get(ISSUER);
      newcomer.make({ kind: 'ApiKeyIssuer', metadata: { name: 'shared', namespace: 'platform' }, spec });
      return newcomer.create({ issuerRef: { name: 'shared' } });
    },
    correct: (newcomer) => {
      const { spec } = newcomer.world.kube.get(ISSUER);
      newcomer.make({ kind: 'ApiKeyIssuer', metadata: { name: 'shared' }, spec });
    },
    message: 'spec.issuerRef: there is no ApiKeyIssuer shared in namespace payments; create it, or correct the name',
    names: ['spec.issuerRef', 'ApiKeyIssuer shared', 'namespace payments'],
    remedy: 'A rotation uses issuers of its own namespace only: make one there, with a credential of its own.',
  },
  {
    did: 'misspelled the name of the store',
    seen: waits('StoreNotFound'),
    wrong: create({ targets: target({ storeRef: { name: 'valut' } }) }),
    correct: change({ targets: target({}) }),
    message: 'spec.targets vault: there is no KeyStore valut in namespace payments; create it, or correct the name',
    names: ['spec.targets vault', 'KeyStore valut', 'namespace payments'],
    remedy: 'Name one of `kubectl -n payments get keystores`, or create it.',
  },
  {
    did: 'asked for an environment that the issuer does not have',
    seen: waits('EnvironmentNotFound'),
    wrong: create({ key: { environment: 'Production', permissions: ['payments:read'] } }),
    correct: (newcomer) => {
      newcomer.world.kube.delete(ROTATION);
      return newcomer.create();
    },
    message:
      'spec.key.environment: ApiKeyIssuer apio has no environment Production, it has Live; take one of them in a new rotation, or add it to the issuer',
    names: ['spec.key.environment', 'ApiKeyIssuer apio', 'it has Live'],
    remedy:
      'Take one that the message lists, or add it to the issuer. The environment of a rotation cannot be changed: delete it and make it anew.',
  },
  {
    did: 'sent a Live key to a store for Test keys',
    seen: waits('EnvironmentMismatch'),
    wrong: (newcomer) => {
      newcomer.change({ environment: 'Test' }, VAULT);
      return newcomer.create();
    },
    correct: (newcomer) => newcomer.change({ environment: 'Live' }, VAULT),
    message:
      'spec.targets vault: KeyStore vault takes keys of environment Test only, this key belongs to Live; name another store, or correct spec.environment of the KeyStore',
    names: ['spec.targets vault', 'KeyStore vault', 'environment Test'],
    remedy: 'Name a store for keys of that environment in `spec.targets`, or correct `spec.environment` of the store.',
  },
  {
    did: 'wrote a schedule that never fires',
    seen: waits('InvalidSpec'),
    wrong: create({ schedule: { cron: '0 0 31 2 *' } }),
    correct: change({ schedule: { cron: '0 0 28 2 *' } }),
    message:
      'spec.schedule.cron "0 0 31 2 *" never fires, because no month it names has that day: choose a day that exists',
    names: ['spec.schedule.cron', 'choose a day that exists'],
    remedy: 'Choose a day that one of the months has.',
  },
  {
    did: 'wrote a schedule that cannot be read',
    seen: waits('InvalidSpec'),
    wrong: create({ schedule: { cron: '0 25 1 * *' } }),
    correct: change({ schedule: { cron: '0 5 1 * *' } }),
    message:
      'spec.schedule.cron "0 25 1 * *" cannot be read (Invalid value for hour: 25): write minute, hour, day of month, month, day of week, for instance "0 3 1 * *"',
    names: ['spec.schedule.cron', 'for instance'],
    remedy: 'Five fields in their ranges: minute 0-59, hour 0-23, day 1-31, month 1-12, weekday 0-7.',
  },
  {
    did: 'misspelled a time zone',
    seen: waits('InvalidSpec'),
    wrong: create({ schedule: { cron: '0 3 1 * *', timeZone: 'Europe/Stokholm' } }),
    correct: change({ schedule: { cron: '0 3 1 * *', timeZone: 'Europe/Stockholm' } }),
    message:
      'spec.schedule.timeZone "Europe/Stokholm" is not a time zone: write an IANA name, for instance Europe/Stockholm, or leave it out for UTC',
    names: ['spec.schedule.timeZone', 'Europe/Stokholm', 'IANA name'],
    remedy: 'Take a name of the IANA time zone database; without one the schedule is read in UTC.',
  },
  {
    did: 'let the jitter be longer than the time between two rotations',
    seen: waits('InvalidSpec'),
    wrong: create({ schedule: { cron: '0 * * * *', jitter: '2h' } }),
    correct: change({ schedule: { cron: '0 * * * *', jitter: '30m' } }),
    message:
      'spec.schedule.jitter "2h" is longer than the 1h between two ticks of spec.schedule.cron: write at most that',
    names: ['spec.schedule.jitter', 'at most'],
    remedy: 'Shorten `spec.schedule.jitter`, or rotate less often.',
  },
  {
    did: 'wrote a window that never opens',
    seen: waits('InvalidSpec'),
    wrong: create({ schedule: { cron: '0 3 1 * *', windows: [{ cron: '0 2 31 2 *', duration: '4h' }] } }),
    correct: change({ schedule: { cron: '0 3 1 * *', windows: [{ cron: '0 2 * * 1-5', duration: '4h' }] } }),
    message:
      'spec.schedule.windows "0 2 31 2 *" never fires, because no month it names has that day: choose a day that exists',
    names: ['spec.schedule.windows', '0 2 31 2 *', 'choose a day'],
    remedy: 'Correct the cron of that window.',
  },
  {
    did: 'let renewBefore be longer than keys live',
    seen: waits('InvalidSpec'),
    wrong: async (newcomer) => {
      newcomer.world.apio.settings.keyLifetimeMs = 24 * 3_600_000;
      newcomer.create({ renewBefore: '48h' });
      await newcomer.story.until(({ current, rotation }) => !!current && !rotation);
    },
    correct: change({ renewBefore: '6h' }),
    message:
      'spec.renewBefore: 48h is not shorter than the life of a key (… to …), so that it would rotate without end; shorten it',
    names: ['spec.renewBefore', '48h', 'shorter'],
    remedy: 'Make `spec.renewBefore` shorter than the time from issue to expiry that the message gives.',
  },
  {
    did: 'sent the key to one place twice, through two stores',
    seen: waits('InvalidSpec'),
    wrong: (newcomer) => {
      const { spec } = newcomer.world.kube.get(VAULT);
      newcomer.make({ kind: 'KeyStore', metadata: { name: 'vault-too' }, spec });
      return newcomer.create({
        targets: [TARGETS.Vault, { ...TARGETS.Vault, name: 'again', storeRef: { name: 'vault-too' } }],
      });
    },
    correct: change({ targets: [TARGETS.Vault, SECOND] }),
    message: 'spec.targets: again leads to the same place as another target, payments/apio; one target a place',
    names: ['spec.targets', 'again', 'payments/apio', 'one target a place'],
    remedy: 'Remove one of the two targets, or give it another path.',
  },
  {
    did: "named the Secret of the issuer's own credential as a target",
    seen: waits('SelfReference'),
    wrong: create({ targets: [{ ...TARGETS.KubernetesSecret, path: 'apio' }] }),
    correct: change({ targets: [TARGETS.KubernetesSecret] }),
    message: "spec.targets secret: Secret apio holds the issuer's own credential; choose another path",
    names: ['spec.targets secret', 'Secret apio', 'choose another path'],
    remedy: 'Choose another path: the operator would overwrite the credential that it works with.',
  },
  {
    did: 'let two rotations write one path',
    seen: waits('Conflict'),
    wrong: async (newcomer) => rival(newcomer, TARGETS.Vault),
    correct: (newcomer) => newcomer.world.kube.delete(RIVAL),
    message: 'rotation payments/apio is older and writes the same path; change spec.targets of one of them',
    names: ['payments/apio', 'spec.targets'],
    remedy: 'Give the younger one another path, or delete it: the older one goes on meanwhile.',
  },
  {
    did: 'let two rotations write one path, through two stores',
    seen: waits('Conflict'),
    wrong: async (newcomer) => {
      const { spec } = newcomer.world.kube.get(VAULT);
      newcomer.make({ kind: 'KeyStore', metadata: { name: 'vault-too' }, spec });
      return rival(newcomer, { ...TARGETS.Vault, storeRef: { name: 'vault-too' } });
    },
    correct: (newcomer) => newcomer.world.kube.delete(RIVAL),
    message: 'rotation payments/apio is older and writes the same path; change spec.targets of one of them',
    names: ['payments/apio', 'spec.targets'],
    remedy: 'The same: what counts is where the store leads, not the name of the KeyStore.',
  },
];

const ROTATION = { resource: 'apikeyrotations.apikeyrotation.io', namespace: NAMESPACE, name: 'apio' };
const RIVAL = { ...ROTATION, name: 'rival' };

/** A younger rotation of the same place, while the first one is at rest. */
async function rival(newcomer: Newcomer, place: object): Promise<string | undefined> {
  newcomer.create();
  await newcomer.story.done(1);
  const { spec } = newcomer.world.kube.get(ROTATION);
  return newcomer.make({
    kind: 'ApiKeyRotation',
    metadata: { name: 'rival' },
    spec: { ...(spec as object), targets: [place] },
  });
}
