import type { KubeObject } from '../runtime/kube/kube-api.ts';
import { services } from '../runtime/kube/resources.ts';
import type { Session } from './command.ts';
import { usageError } from './exit.ts';
import { look } from './look.ts';
import { listAll } from './rotations.ts';

/** As the chart makes it, whatever its name is. */
interface Service extends KubeObject {
  readonly spec?: {
    readonly ports?: readonly { readonly name?: string; readonly port: number; readonly appProtocol?: string }[];
  };
}

const APP = 'apikey-rotation-operator';

/** Where consumers of the cluster report: to the one Service of the chart. Throws CommandError where it is none, or several. */
export async function findReportsURL(session: Pick<Session, 'kube'>): Promise<string> {
  const found = await look(listAll<Service>(session, services, undefined, `app.kubernetes.io/name=${APP}`));
  const urls = found === 'Denied' || !found ? [] : found.flatMap(urlsOf);
  const [only, ...others] = urls;
  if (only !== undefined && others.length === 0) return only;
  const why = found === 'Denied' ? 'you may not list Services' : `Services of the chart: ${urls.join(', ') || 'none'}`;
  throw usageError(`say where pods report by --reports-url, as the NOTES of the chart name it (${why})`);
}

function urlsOf({ metadata: { name, namespace }, spec }: Service): readonly string[] {
  const ports = (spec?.ports ?? []).filter((each) => each.name === 'reports');
  return ports.map(({ port, appProtocol = 'http' }) => `${appProtocol}://${name}.${namespace}.svc:${port}`);
}
