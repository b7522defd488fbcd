import { BlockList, isIP } from 'node:net'
import { TuskError } from '../errors.ts'
import type { SettingKey } from './settings.ts'

/** A setting that lists addresses or networks of addresses, with commas: `127.0.0.1, 10.0.0.0/8`. CONFIG_INVALID when one is none. */
export function networksFrom(key: SettingKey, setting: string): readonly string[] {
  const known = setting
    .split(',')
    .map(address => address.trim())
    .filter(address => address !== '')
  for (const address of known) {
    const [ip = '', bits, ...more] = address.split('/')
    const version = isIP(ip)
    const most = version === 4 ? 32 : 128
    if (version === 0 || more.length > 0 || (bits !== undefined && (!/^\d{1,3}$/.test(bits) || Number(bits) > most)))
      throw new TuskError('CONFIG_INVALID', `The setting ${key} holds “${address}”, which is no address.`, {
        hint: `As in: tusk config set ${key} 127.0.0.1,10.0.0.0/8`,
      })
  }
  return known
}

/** Whether an address is one of these, or inside one of these networks. An IPv4 address written as IPv6 is itself. */
export function networkTest(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const network of networks) {
    const [ip = '', bits] = network.split('/')
    const family = isIP(ip) === 4 ? 'ipv4' : 'ipv6'
    if (bits === undefined) list.addAddress(ip, family)
    else list.addSubnet(ip, Number(bits), family)
  }
  return address => {
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
    const version = isIP(plain)
    return version !== 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6')
  }
}
