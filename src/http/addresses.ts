import { lookup as systemLookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Networks of IPv4 in hex, as the last 32 bits of an IPv6 address are written, with the length of the prefix. */
const DENIED_IPV4: readonly (readonly [address: string, high: string, low: string, prefix: number])[] = [
  ['169.254.0.0', 'a9fe', '0', 16], // link-local, metadata of most clouds
  ['100.100.100.200', '6464', '64c8', 32], // Alibaba Cloud
  ['168.63.129.16', 'a83f', '8110', 32], // Azure wire server
  ['192.0.0.192', 'c000', 'c0', 32], // Oracle Cloud
];

/**
 * Addresses that no configured URL may lead to: link-local ones and the metadata services of clouds, which hand
 * credentials of the machine to whoever asks, also where an IPv6 address carries them. Neither an issuer nor a store lives there.
 */
const denied = new BlockList();
for (const [address, high, low, prefix] of DENIED_IPV4) {
  denied.addSubnet(address, prefix, 'ipv4'); // and IPv4-mapped, ::ffff:0:0/96
  denied.addSubnet(`64:ff9b::${high}:${low}`, 96 + prefix, 'ipv6'); // behind NAT64 (RFC 6052)
  denied.addSubnet(`::${high}:${low}`, 96 + prefix, 'ipv6'); // IPv4-compatible (RFC 4291)
  denied.addSubnet(`2002:${high}:${low}::`, 16 + prefix, 'ipv6'); // 6to4 (RFC 3056)
}
denied.addSubnet('0.0.0.0', 8, 'ipv4'); // "this network": leads to the machine itself
denied.addSubnet('64:ff9b::', 104, 'ipv6'); // the same behind NAT64
denied.addSubnet('2002::', 24, 'ipv6'); // the same by 6to4
denied.addAddress('::', 'ipv6');
denied.addSubnet('fe80::', 10, 'ipv6'); // link-local
denied.addAddress('fd00:ec2::254', 'ipv6'); // AWS
denied.addAddress('fd20:ce::254', 'ipv6'); // Google Cloud

/** A connection was not opened because of where it would have led. Nothing was sent. */
class AddressDeniedError extends Error {
  override readonly name = 'AddressDeniedError';
  /** Node's way of naming an error. */
  readonly code = 'ADDRESS_DENIED';

  constructor(host: string, address: string, why: string) {
    super(`${host} leads to ${address}, ${why}`);
  }
}

const NEVER = 'an unspecified, link-local or cloud metadata address, which is never called';
const NOT_ALLOWED = 'a private address, and none of those that --http-issuer-networks allows';

/** Whether an address may not be called here, though it may elsewhere. */
export type IsForbidden = (address: string) => boolean;
const nothingMore: IsForbidden = () => false;

/** Whether an IP address (with brackets or zone or without) is one that is never called; false for names. */
export function isDeniedAddress(host: string): boolean {
  const address = bareAddress(host);
  const family = isIP(address);
  return family !== 0 && denied.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** Why an IP address is not called; undefined where it is, and for names. */
function refusal(host: string, isForbidden: IsForbidden): string | undefined {
  if (isDeniedAddress(host)) return NEVER;
  return isForbidden(bareAddress(host)) ? NOT_ALLOWED : undefined;
}

/**
 * Throws AddressDeniedError when `host` is itself a denied IP address. Sockets skip their lookup for such hosts, so each
 * connector asks here as well. `exempt` is an address that may be called all the same.
 */
export function assertHostAllowed(host: string, isForbidden = nothingMore, exempt?: string): void {
  if (exempt !== undefined && bareAddress(host) === bareAddress(exempt)) return;
  const why = refusal(host, isForbidden);
  if (why !== undefined) throw new AddressDeniedError(host, bareAddress(host), why);
}

/**
 * A lookup for sockets, asked at connect time, so that the address that was checked is the one that is connected to: a
 * name that resolves differently a moment later gains nothing. One denied address in the answer refuses all of it.
 */
export function createGuardedLookup(resolve: LookupFunction = systemLookup, isForbidden = nothingMore): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, options, (error, answer, family) => {
      if (error) return callback(error, answer, family);
      const addresses = typeof answer === 'string' ? [answer] : answer.map((entry) => entry.address);
      for (const address of addresses) {
        const why = refusal(address, isForbidden);
        if (why !== undefined) return callback(new AddressDeniedError(hostname, address, why), []);
      }
      callback(null, answer, family);
    });
  };
}

function bareAddress(host: string): string {
  return host.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
}
