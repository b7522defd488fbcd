import { features } from '../../src/tusk.ts'
import { conformPlugin } from './index.ts'

for (const feature of features) conformPlugin(feature)
