/** The suites that any engine must pass: `import { engineSuite } from 'tuskdata/testing'`. */
export { type EngineSuiteOptions, engineSuite, type SuiteValue } from './engine-suite.ts'
export { type ReadResult, readAll, run } from './read-all.ts'
export { type OpenStoreOptions, resultStoreSuite } from './result-store-suite.ts'
