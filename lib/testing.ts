// The public face of `fastify-audit/testing`, for the tests of applications and of appenders:
// every public name listed by hand, and nothing else. Needs no test runner.
export { appenderContract, type AppenderUnderTest, type Check } from './testing/appender-contract.js'
export { assertRecorded, type ExpectedEvent, type Recorded } from './testing/assert-recorded.js'
export { createMemoryAppender, type MemoryAppender, type RecordedEvent } from './testing/memory-appender.js'
export { batchOf, surroundingsIn, type TestSurroundings } from './testing/surroundings.js'
