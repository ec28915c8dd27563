import { documentedText } from './block.ts';

/** Where `kubectl` describes a rotation: from its name to its events. */
const described = (name: string) => `Name: +${name}\\n[\\s\\S]*\\nStatus:\\n[\\s\\S]*\\nEvents: `;
const ROW = (name: string) => `${name} +True +ConsumersPending +0/2 `;

/** How a block ends, and what it prints. */
export interface Expected {
  readonly printed: RegExp;
  /** Default 0. */
  readonly code?: number;
}

const printed = (pattern: string | RegExp): Expected => ({ printed: new RegExp(pattern) });
/** What the only block of a name shows, in which … stands for what was left out. */
const asShown = (name: string) =>
  `^${documentedText(name)
    .trim()
    .split('…')
    .map((part) => RegExp.escape(part))
    .join('.*')}$`;
const ANNOTATED = 'apikeyrotation\\S+/payments annotated\\n';

/** What each block must print that is run here, as the page shows it or says it in the next sentence. Whatever is not here is not run. */
export const EXPECTED: Readonly<Record<string, Expected>> = {
  'README.md “What you declare” sh 1': printed(
    `^${ANNOTATED}NAME +READY +STATUS +CONSUMERS +LAST +NEXT +AGE\\n${ROW('payments')}.*\\n${described('payments')}`,
  ),
  'charts/apikey-rotation-operator/README.md “What it may” sh 1': printed(/^rolebinding\S+\/see-rotations created\n$/),
  'docs/audit.md “The audit” sh 1': printed(/^03:00:00 +2\.1 +352903000018 +Issue +key_b2 +- +Done\n$/),
  'docs/evidence-approval.md “Evidence: Approval” sh 2': printed(asShown('docs/evidence-approval.md text')),
  'docs/issuers-apio.md “APIO as an issuer” sh 1': printed(/^secret\/apio-live created\nNAME .*\napio +APIO +True /),
  'docs/issuers-support.md “Give a key” sh 1': printed(/Please issue an API key: organization acme\n$/),
  'docs/issuers-support.md “Give a key” sh 2': printed(/^secret\/apio-delivered-key created\n$/),
  'docs/operations.md “High availability” sh 1': printed(/^apikey-rotation-operator-0\n$/),
  'docs/operations.md “Upgrade” sh 1': printed(
    `\\npayments +${ROW('apio')}.*\\nshop +${ROW('payments')}.*\\nNAME .*\\napikey-rotation-operator-0 `,
  ),
  'docs/operations.md “Backup and restore” sh 1': printed(
    /kind: ApiKeyRotation\n[\s\S]* {2}status:\n[\s\S]*kind: ApiKeyIssuer\n[\s\S]*kind: KeyStore\n[\s\S]*\n[0-9a-f-]{36}\n$/,
  ),
  'docs/operations.md “Uninstall” sh 1': printed(/^shop +payments +<none> +key_a1\n[\s\S]*"payments" deleted/m),
  'docs/operations.md “Uninstall” sh 3': printed(/^key_a1 key_b2\napikeyrotation\S+\/apio patched\n$/),
  'docs/operator-rights.md “When a namespace is deleted” sh 1': printed(
    /"apio" deleted\nnamespace "payments" deleted\n$/,
  ),
  "docs/operator-rights.md “MigrationReports are the operator's own” sh 1": {
    printed: /^(payments-api \w+ no\n){5}no\n$/,
    // `kubectl auth can-i` ends so when the answer is no.
    code: 1,
  },
  "docs/operator-rights.md “MigrationReports are the operator's own” sh 2": printed(/^yes\n$/),
  'docs/quickstart.md “On a cluster” sh 3': printed(
    /^rolebinding\S+\/apikey-rotation-operator created\nsecret\/apio created\n$/,
  ),
  'docs/quickstart.md “On a cluster” sh 4': printed(`^NAME .*\\n${ROW('payments')}.*\\n${described('payments')}`),
  'docs/requests.md “What people can ask of a rotation” sh 1': printed(
    `^NAME .*\\n${ROW('payments')}.*\\n${described('payments')}`,
  ),
  'docs/requests.md “Rotate” sh 1': printed(`^${ANNOTATED}${ANNOTATED}$`),
  'docs/requests.md “Roll back” sh 1': printed(`^2${ANNOTATED}$`),
  'docs/requests.md “Emergency” sh 1': printed(`^key_a1 key_b2${ANNOTATED}$`),
  'docs/requests.md “Drop-target” sh 1': printed(`^${ANNOTATED}$`),
  'docs/runbooks/ClockSkew.md “Diagnosis” sh 1': printed(/^NAME .*\napikey-rotation-operator-0 .* node-1 /),
  'docs/runbooks/ConsumerPending.md “Diagnosis” sh 1': printed(/^payments-api Pending \["payments-api-0"\]\n/),
  'docs/runbooks/KeyExpiresBeforeMigration.md “Diagnosis” sh 1': printed(
    `^(2027-01-01T00:00:00Z\\n){2}${described('apio')}`,
  ),
  'docs/runbooks/NoLeader.md “Diagnosis” sh 1': printed(
    /\npod\/apikey-rotation-operator-0 [\s\S]*\nlease\S+\/apikey-rotation-operator +apikey-rotation-operator-0 [\s\S]*The store is away"\}\nok\n$/,
  ),
  'docs/runbooks/OrphanKey.md “Diagnosis” sh 1': printed(/^payments\/apio key_lost\n/),
  'docs/runbooks/RotationFailing.md “Diagnosis” sh 1': printed(/"name":"apio".*The store is away/),
  'docs/runbooks/RotationStalled.md “Diagnosis” sh 1': printed(
    `^${described('apio')}[\\s\\S]* RollBackRefused +ApiKeyRotation/apio `,
  ),
  'docs/runbooks/WatchDead.md “Diagnosis” sh 1': printed(/The store is away/),
  'docs/security.md “19. Everything must stop at once” sh 1': printed(/^apikeyrotation\S+ patched\n$/),
  'docs/troubleshooting.md “Troubleshooting” sh 1': printed(
    `/${ROW('apio')}[\\s\\S]*/apio +APIO +True [\\s\\S]*/secrets [\\s\\S]*${described('apio')}[\\s\\S]* RollBackRefused `,
  ),
  'examples/issuers/README.md “Issuers for vendors” sh 1': printed(
    /^secret\/grafana created\napikeyissuer\S+\/grafana created\nNAME .* READY .*\ngrafana +HTTP /,
  ),
};
