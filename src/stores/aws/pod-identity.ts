import { CallError } from '../../http/call-error.ts';
import { textOf } from '../../http/exchange.ts';
import { isRecord, parseJson } from '../../http/json.ts';
import { type CallSubject, errorOfAnswer, errorOfTransport, errorOfUnusableAnswer } from '../../http/outcome.ts';
import type { HttpTransport } from '../../http/transport.ts';
import { SecretValue } from '../../key/secret-value.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { AwsGrant } from './aws-credentials.ts';

/** How a pod gets the credentials that EKS associates with its ServiceAccount. */
export interface PodIdentityOptions {
  /** AWS_CONTAINER_CREDENTIALS_FULL_URI. */
  readonly url: string;
  /** What stands in AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, which the kubelet renews. */
  readonly token: () => Promise<SecretValue>;
  /** One that may call the agent. */
  readonly transport: HttpTransport;
  readonly clock: Pick<Clock, 'now'>;
}

/** Where the agent of EKS answers on each node; nothing else is ever given the pod's token. */
const AGENTS = ['169.254.170.23', '[fd00:ec2::23]', '127.0.0.1', '[::1]'];

const SUBJECT: CallSubject = {
  peer: 'the EKS Pod Identity Agent',
  operation: "give out the pod's credentials",
  idempotent: true,
};

/** The host of the agent; throws CallError where the url is not one of an agent on this node. */
export function agentHost(url: string): string {
  const { protocol, hostname } = URL.canParse(url) ? new URL(url) : { protocol: '', hostname: '' };
  if (protocol === 'http:' && AGENTS.includes(hostname)) return hostname;
  const rule = `AWS_CONTAINER_CREDENTIALS_FULL_URI must be http:// at one of ${AGENTS.join(', ')}`;
  throw new CallError(
    'refused',
    'AWSPodIdentityMissing',
    `${rule}; EKS sets it in pods with a Pod Identity association`,
  );
}

/** Credentials of the operator's own pod. Throws CallError. */
export async function podGrant({ url, token, transport, clock }: PodIdentityOptions): Promise<AwsGrant> {
  agentHost(url);
  const { origin, pathname, search } = new URL(url);
  const authorization = (await token()).reveal();
  try {
    const answer = await transport.exchange({
      origin,
      path: `${pathname}${search}`,
      method: 'GET',
      headers: { accept: 'application/json', authorization },
    });
    if (answer.status !== 200) throw errorOfAnswer(SUBJECT, { status: answer.status });
    return readGrant(textOf(answer), clock.now()) ?? unusable();
  } catch (error) {
    throw errorOfTransport(SUBJECT, error);
  }
}

/** The agent runs on this machine, so that both have one clock. */
function readGrant(text: string, now: number): AwsGrant | undefined {
  const told = parseJson(text);
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = isRecord(told) ? told : {};
  const lifeMs = Date.parse(String(Expiration)) - now;
  if (typeof AccessKeyId !== 'string' || typeof SecretAccessKey !== 'string' || typeof Token !== 'string')
    return undefined;
  if (!(lifeMs > 0)) return undefined;
  return {
    accessKeyID: AccessKeyId,
    secretAccessKey: new SecretValue(SecretAccessKey),
    sessionToken: new SecretValue(Token),
    lifeMs,
  };
}

function unusable(): never {
  throw errorOfUnusableAnswer(SUBJECT, 'it is not of the known shape, or the credentials have ended');
}
