// docs/examples/index-template: what who ships with something else loads is what the appender installs.
import { readFileSync } from 'node:fs'
import { test } from 'tap'
import { DEFAULT_DATA_STREAM } from '../../lib/appenders/elasticsearch.js'
import { indexTemplate } from '../../lib/appenders/elasticsearch/index-template.js'
import { createTarget } from '../../lib/appenders/elasticsearch/target.js'

for (const kind of ['elasticsearch', 'opensearch'] as const) {
  test(`the template for ${kind}`, async t => {
    const file = JSON.parse(readFileSync(`docs/examples/index-template/${kind}.json`, 'utf8')) as unknown
    t.same(file, indexTemplate({ kind }, createTarget({ data_stream: DEFAULT_DATA_STREAM })))
  })
}
