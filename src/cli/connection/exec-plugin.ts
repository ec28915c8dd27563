import { spawn } from 'node:child_process';
import { KubeconfigError } from '../../runtime/kube/kubeconfig-error.ts';
import type { Cluster, ExecPlugin } from './kubeconfig-file.ts';

/** What a credential plugin gives; `expires` in milliseconds since the epoch, where it says so. */
export interface PluginCredential {
  readonly token?: string;
  readonly clientCertificateData?: string;
  readonly clientKeyData?: string;
  readonly expires: number | undefined;
}

interface ExecCredential {
  readonly kind?: string;
  readonly status?: {
    readonly token?: string;
    readonly clientCertificateData?: string;
    readonly clientKeyData?: string;
    readonly expirationTimestamp?: string;
  };
}

/** Runs the plugin and reads its answer. What it prints holds secrets: nothing of it is ever quoted. */
export async function askPlugin(exec: ExecPlugin, cluster: Cluster, isTerminal: boolean): Promise<PluginCredential> {
  const { command = '' } = exec;
  const answer = parse(await run(exec, cluster, isTerminal), command);
  const { expirationTimestamp, ...given } = answer.status ?? {};
  if (answer.kind !== 'ExecCredential' || !(given.token || (given.clientCertificateData && given.clientKeyData))) {
    throw new KubeconfigError(`the credential plugin ${command} gave no credential; run it by itself to see why`);
  }
  const expires = Date.parse(expirationTimestamp ?? '');
  return { ...given, expires: Number.isNaN(expires) ? undefined : expires };
}

function run(exec: ExecPlugin, cluster: Cluster, isTerminal: boolean): Promise<string> {
  const { command = '', args, interactiveMode = 'IfAvailable', installHint } = exec;
  const interactive = interactiveMode !== 'Never' && isTerminal;
  if (interactiveMode === 'Always' && !interactive) {
    throw new KubeconfigError(`the credential plugin ${command} wants a terminal, and there is none`);
  }
  const child = spawn(command, args ?? [], {
    env: { ...process.env, ...environmentOf(exec), KUBERNETES_EXEC_INFO: execInfo(exec, cluster, interactive) },
    stdio: [interactive ? 'inherit' : 'ignore', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    const hint = installHint ? `. ${installHint}` : '';
    child.on('error', ({ code }: NodeJS.ErrnoException) =>
      reject(new KubeconfigError(`cannot run the credential plugin ${command} (${code})${hint}`)),
    );
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(chunks).toString('utf8'));
      else reject(new KubeconfigError(`the credential plugin ${command} ended with code ${code}`));
    });
  });
}

function environmentOf({ env }: ExecPlugin): Record<string, string> {
  return Object.fromEntries((env ?? []).map(({ name, value }) => [name, value]));
}

function execInfo({ apiVersion, provideClusterInfo }: ExecPlugin, cluster: Cluster, interactive: boolean): string {
  const told = {
    server: cluster.server,
    'tls-server-name': cluster['tls-server-name'],
    'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'],
    'certificate-authority-data': cluster['certificate-authority-data'],
  };
  const spec = { interactive, ...(provideClusterInfo && { cluster: told }) };
  return JSON.stringify({ apiVersion, kind: 'ExecCredential', spec });
}

function parse(text: string, command: string): ExecCredential {
  try {
    return JSON.parse(text);
  } catch {
    throw new KubeconfigError(`the credential plugin ${command} gave no JSON; run it by itself to see why`);
  }
}
