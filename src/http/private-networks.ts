import { BlockList, isIP } from 'node:net';

/** Private, shared and loopback networks of IPv4, in hex as an IPv6 address carries them, with the length of the prefix. */
const PRIVATE_IPV4: readonly (readonly [address: string, high: string, low: string, prefix: number])[] = [
  ['10.0.0.0', 'a00', '0', 8],
  ['172.16.0.0', 'ac10', '0', 12],
  ['192.168.0.0', 'c0a8', '0', 16],
  ['100.64.0.0', '6440', '0', 10], // between providers and their customers; nodes and pods of some clusters
  ['127.0.0.0', '7f00', '0', 8],
];

const everyPrivate = new BlockList();
for (const [address, high, low, prefix] of PRIVATE_IPV4) {
  everyPrivate.addSubnet(address, prefix, 'ipv4'); // and IPv4-mapped
  everyPrivate.addSubnet(`64:ff9b::${high}:${low}`, 96 + prefix, 'ipv6'); // behind NAT64
  everyPrivate.addSubnet(`::${high}:${low}`, 96 + prefix, 'ipv6'); // IPv4-compatible
  everyPrivate.addSubnet(`2002:${high}:${low}::`, 16 + prefix, 'ipv6'); // 6to4
}
everyPrivate.addAddress('::1', 'ipv6');
everyPrivate.addSubnet('fc00::', 7, 'ipv6');
everyPrivate.addSubnet('fec0::', 10, 'ipv6'); // site-local, as it once was

/** Private networks that may be called: all, or these, as `10.0.0.0/8`. */
export type PrivateNetworks = 'All' | readonly string[];

/** Whether this is a network in the notation of CIDR. */
export function isNetwork(text: string): boolean {
  try {
    addNetwork(new BlockList(), text);
    return true;
  } catch {
    return false;
  }
}

/** Whether an IP address is private and in none of the networks; for what is no address it is false. */
export function createPrivateCheck(networks: PrivateNetworks): (address: string) => boolean {
  if (networks === 'All') return () => false;
  const allowed = new BlockList();
  for (const network of networks) addNetwork(allowed, network);
  return (address) => {
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    return isIP(address) !== 0 && everyPrivate.check(address, family) && !allowed.check(address, family);
  };
}

function addNetwork(list: BlockList, text: string): void {
  const [, address = '', prefix] = /^([0-9A-Fa-f:.]+)\/(\d{1,3})$/.exec(text) ?? [];
  list.addSubnet(address, Number(prefix), isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
