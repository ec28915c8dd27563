import { type AgentOptions, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import { assertHostAllowed, createGuardedLookup } from './addresses.ts';
import { MAX_CONNECTIONS_PER_HOST } from './limits.ts';

/** Keep-alive agents for HTTP stacks built on node:http (axios in node-vault, the AWS SDK). */
export interface NodeAgents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
  /** Closes all sockets, idle or not. */
  close(): void;
}

/** What can be set: PEM certificates to trust instead of the system's, and for tests the resolver. */
export interface NodeAgentOptions {
  readonly ca?: string;
  readonly resolve?: LookupFunction;
}

/**
 * Agents that obey the address rules of this folder. With axios also pass `maxRedirects: 0`, `proxy: false`, a `timeout`
 * of DEFAULT_TIMEOUTS.callMs and `maxContentLength: MAX_RESPONSE_BYTES`: those are not the agent's to decide.
 */
export function createNodeAgents({ ca, resolve }: NodeAgentOptions = {}): NodeAgents {
  const options: AgentOptions = {
    keepAlive: true,
    maxSockets: MAX_CONNECTIONS_PER_HOST,
    lookup: createGuardedLookup(resolve),
  };
  const httpAgent = guard(new HttpAgent(options));
  const httpsAgent = guard(new HttpsAgent({ ...options, ...(ca === undefined ? {} : { ca }) }));
  return {
    httpAgent,
    httpsAgent,
    close: () => {
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  };
}

/** Makes an agent check hosts that are addresses already: sockets ask no lookup for these. */
function guard<A extends HttpAgent>(agent: A): A {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    assertHostAllowed(options.host ?? '');
    return connect(options, callback);
  };
  return agent;
}
