import { lookup as systemLookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/**
 * Addresses that no configured URL may lead to: link-local ones and the metadata services of clouds, which hand
 * credentials of the machine to whoever asks. Neither an issuer nor a store lives there.
 */
const denied = new BlockList();
denied.addSubnet('169.254.0.0', 16, 'ipv4'); // link-local, metadata of most clouds
denied.addAddress('100.100.100.200', 'ipv4'); // Alibaba Cloud
denied.addAddress('168.63.129.16', 'ipv4'); // Azure wire server
denied.addSubnet('fe80::', 10, 'ipv6'); // link-local
denied.addAddress('fd00:ec2::254', 'ipv6'); // AWS
denied.addAddress('fd20:ce::254', 'ipv6'); // Google Cloud
denied.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6'); // 169.254.0.0/16 behind NAT64

/** A connection was not opened because of where it would have led. Nothing was sent. */
class AddressDeniedError extends Error {
  override readonly name = 'AddressDeniedError';
  /** Node's way of naming an error. */
  readonly code = 'ADDRESS_DENIED';

  constructor(host: string, address: string) {
    super(`${host} leads to ${address}, a link-local or cloud metadata address, which is never called`);
  }
}

/** Whether an IP address (with brackets or zone or without) is one that is never called; false for names. */
export function isDeniedAddress(host: string): boolean {
  const address = bareAddress(host);
  const family = isIP(address);
  return family !== 0 && denied.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Throws AddressDeniedError when `host` is itself a denied IP address. Sockets skip their lookup for such hosts, so each
 * connector asks here as well.
 */
export function assertHostAllowed(host: string): void {
  if (isDeniedAddress(host)) throw new AddressDeniedError(host, bareAddress(host));
}

/**
 * A lookup for sockets, asked at connect time, so that the address that was checked is the one that is connected to: a
 * name that resolves differently a moment later gains nothing. One denied address in the answer refuses all of it.
 */
export function createGuardedLookup(resolve: LookupFunction = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, options, (error, answer, family) => {
      if (error) return callback(error, answer, family);
      const addresses = typeof answer === 'string' ? [answer] : answer.map((entry) => entry.address);
      const bad = addresses.find(isDeniedAddress);
      if (bad !== undefined) return callback(new AddressDeniedError(hostname, bad), []);
      callback(null, answer, family);
    });
  };
}

function bareAddress(host: string): string {
  return host.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
}
