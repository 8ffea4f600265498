import { test } from 'node:test'
import { testEngine } from '#db/testing.ts'
import { endureOutage, installOnOwn } from './database-outage.ts'

const skip = testEngine === 'pglite' && 'PostgreSQL only: it is another process that is killed'

// R3
test('a database that is killed is 503 until it is back, and no token is lost', {
  skip,
}, async (t) => {
  const outage = await installOnOwn(t)

  const seen = await endureOutage(outage, (pid) => process.kill(pid, 'SIGKILL'), { awayMs: 2000 })

  t.diagnostic(JSON.stringify(seen))
})

// R4
test('so is one that is stopped in order, or at once', { skip }, async (t) => {
  const outage = await installOnOwn(t)

  const fast = await endureOutage(outage, (pid) => process.kill(pid, 'SIGINT'), { awayMs: 1500 })
  const immediate = await endureOutage(outage, (pid) => process.kill(pid, 'SIGQUIT'), {
    awayMs: 1500,
  })

  t.diagnostic(JSON.stringify({ fast, immediate }))
})
