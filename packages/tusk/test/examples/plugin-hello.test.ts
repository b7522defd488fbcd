// The example's own tests are tests of ours: whatever breaks them breaks plugins of others.
import '../../../../examples/plugin-hello/test/conform.test.ts'
import '../../../../examples/plugin-hello/test/engine.test.ts'
import '../../../../examples/plugin-hello/test/hello.test.ts'
