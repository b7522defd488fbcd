import { cutNetwork, triedMark } from './cut-network.ts'

/* What hosts run while a plugin is tested: Tusk's own host, without a network. Where its code wanted to go is in the log. */
cutNetwork(host => process.stderr.write(`${triedMark}${host}\n`))
await import('../../src/host-entry.ts')
