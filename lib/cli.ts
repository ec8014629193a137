#!/usr/bin/env node
// `npx fastify-audit`: the package's command line. What it does is in cli/.
import { run } from './cli/run.js'

process.exitCode = await run(process.argv.slice(2), process)
