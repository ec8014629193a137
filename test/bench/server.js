// A child process that serves one variant: `node server.js <variant> <folder>`; a variant
// may have a detail, `feature:fields.exclude`. It answers its
// parent's `cpu` messages with the CPU time that the whole process has used so far, threads
// and garbage collection included.
import { addRoutes as addUsualRoutes, createApp } from './app.js'

const [named, folder] = process.argv.slice(2)
const [variant, ...detail] = named.split(':')
const { addLogging, addRoutes = addUsualRoutes } = await import(`./variants/${variant}.js`)

const app = createApp()
await addLogging(app, folder, detail.join(':'))
addRoutes(app)
let requests = 0
app.server.on('request', () => { requests++ })
await app.listen({ host: '127.0.0.1', port: 0 })

process.on('message', async (message) => {
  if (message === 'cpu') {
    const { user, system } = process.cpuUsage()
    process.send({ microseconds: user + system, requests, rss: process.memoryUsage.rss() })
  } else if (message === 'close') {
    await app.close()
    process.exit(0)
  }
})
process.send({ port: app.server.address().port })
