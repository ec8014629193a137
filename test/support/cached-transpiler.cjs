// What TypeScript makes of a file is the same in every process: kept in node_modules/.cache, by
// what went in, so that 270 test files do not make it 270 times. Named in tsconfig.json, section
// `ts-node`, and called by tap's own TypeScript plugin.
const { createHash, randomUUID } = require('node:crypto')
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const ts = require('typescript')

const FOLDER = join(__dirname, '../../node_modules/.cache/transpiled')

exports.create = function create ({ service }) {
  // All of ours are modules; told a single file, TypeScript cannot see that from package.json.
  const compilerOptions = { ...service.config.options, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler }
  const settings = JSON.stringify([ts.version, compilerOptions])
  mkdirSync(FOLDER, { recursive: true })
  return {
    transpile (input, { fileName }) {
      const name = createHash('sha256').update(settings).update('\0').update(fileName).update('\0').update(input).digest('hex')
      const path = join(FOLDER, name + '.json')
      try {
        return JSON.parse(readFileSync(path, 'utf8'))
      } catch {
        const { outputText, sourceMapText } = ts.transpileModule(input, { fileName, compilerOptions })
        const output = { outputText, sourceMapText }
        // Under another name first: several processes read and write here.
        const partial = `${path}.${randomUUID()}`
        writeFileSync(partial, JSON.stringify(output))
        renameSync(partial, path)
        return output
      }
    }
  }
}
