import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { testEngine } from '#db/testing.ts'
import { audit } from './auditor.ts'
import { grantee, issueCodes } from './grants.ts'
import { install, preloaded } from './installation.ts'
import { type Answer, Witness } from './witness.ts'

const onPostgres = { skip: testEngine === 'pglite' && 'PostgreSQL only: a lock holds a request up' }

// R25, against I3 and I7
test(
  'an error that nobody caught ends the process with 1, after the request under way',
  onPostgres,
  async (t) => {
    const place = await install(t, { nodes: 1 })
    await place.restartAfterKill(0, preloaded('./crash.ts'))
    const [node] = place.nodes
    assert.ok(node)
    const witness = new Witness()
    const client = await grantee(place.db)
    const [code = ''] = await issueCodes(place.db, client, 1)

    let underWay: Promise<Answer | undefined> | undefined
    await place.db.transaction(async (tx) => {
      await tx.query('lock table authorization_codes in access exclusive mode')
      underWay = witness.exchange(node.url, client, code)
      await sleep(300)
      process.kill(node.pid, 'SIGUSR2')
      while (!node.output().includes('nobody caught')) await sleep(10)
    })

    assert.equal((await underWay)?.status, 200)
    assert.equal(await node.ended(), 1)
    assert.match(node.output(), /"level":60.*a bug, in the presence of agpt_…/)
    await place.restartAfterKill(0)
    const received = { attempts: witness.attempts }
    await audit({ databaseUrl: place.databaseUrl, nodes: place.urls, received })
  },
)
