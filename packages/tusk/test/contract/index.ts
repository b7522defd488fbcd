/** `tuskdata/testing`: suites that engines, stores and plugins must pass, and a Tusk for tests of one's own. */
export { type ConformOptions, conformPlugin, type ExampleRequest } from './conform-plugin.ts'
export { cutNetwork } from './cut-network.ts'
export { type EngineSuiteOptions, engineSuite, type SuiteValue } from './engine-suite.ts'
export { type ReadResult, readAll, run } from './read-all.ts'
export { readStored } from './read-stored.ts'
export { type OpenStoreOptions, resultStoreSuite } from './result-store-suite.ts'
export { type TestTusk, type TestTuskOptions, testTusk } from './test-tusk.ts'
