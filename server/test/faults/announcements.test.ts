import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { announcements } from '#db/announcements.ts'
import { testDatabaseUrl, testEngine } from '#db/testing.ts'
import { startProxy } from './tcp-proxy.ts'

const skip = testEngine === 'pglite' && 'PostgreSQL only: nobody else shares an embedded database'

// R18
test('what was taken away while the network was down is told when it is back', {
  skip,
}, async (t) => {
  const direct = await testDatabaseUrl(t)
  const proxy = await startProxy(t, direct)
  const [speaker, listener] = [announcements(proxy.databaseUrl), announcements(direct)]
  t.after(() => Promise.all([speaker.close(), listener.close()]))
  let heard = 0
  const next = async () => {
    const before = heard
    for (let tries = 0; tries < 200 && heard === before; tries++) await sleep(50)
    return heard > before
  }
  listener.listen(() => heard++)
  await next()
  speaker.listen(() => {})

  // Asked before there is a connection.
  speaker.send()
  assert.ok(await next())
  const breaks = {
    swallowed: () => {
      proxy.weather = { blackhole: true }
      speaker.send()
    },
    reset: () => {
      proxy.reset()
      proxy.weather = { blackhole: true }
      speaker.send()
    },
  }
  for (const [name, broken] of Object.entries(breaks)) {
    const before = heard
    broken()
    await sleep(500)
    assert.equal(heard, before, name)
    proxy.weather = {}
    assert.ok(await next(), name)
  }
})

test('who stops says first what its last requests took away', { skip }, async (t) => {
  const databaseUrl = await testDatabaseUrl(t)
  const [speaker, listener] = [announcements(databaseUrl), announcements(databaseUrl)]
  t.after(() => listener.close())
  let heard = 0
  listener.listen(() => heard++)
  await new Promise<void>((resolve) => speaker.listen(resolve))
  while (heard === 0) await sleep(10)
  await sleep(100)

  const before = heard
  speaker.send()
  speaker.send()
  await speaker.close()

  await sleep(200)
  assert.ok(heard >= before + 2, `${heard - before}`)
})
