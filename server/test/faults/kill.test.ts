import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openDatabase } from '#db/database.ts'
import { migrate } from '#db/migrate.ts'
import { testEngine } from '#db/testing.ts'
import { freePort, startProcess } from '../server-process.ts'
import { assertActive, tokensIn } from './answers.ts'
import { audit } from './auditor.ts'
import { temporaryFolder } from './folders.ts'
import { grantee, issueCodes } from './grants.ts'
import { install } from './installation.ts'
import { killDuringExchanges, killDuringRotation, type Scene } from './kill.ts'
import { Witness } from './witness.ts'

const onPostgres = { skip: testEngine === 'pglite' && 'PostgreSQL only: two servers share it' }
const onPGlite = { skip: testEngine === 'postgres' && 'about the embedded database' }

// R1, against I1 (a code succeeds at most once) and I3 (a token that was received lives)
test(
  'a kill at any point of an exchange neither spends a code twice nor loses a received token',
  onPostgres,
  async (t) => {
    const place = await install(t)
    const client = await grantee(place.db)
    const scene = { place, witness: new Witness(), client }

    const { received, brokenOff } = await killDuringExchanges(scene, 10)

    assert.ok(brokenOff > 0)
    await assertActive(scene.witness, place.urls, client, received)
    await check(scene)
  },
)

// R2, against I2 (one successor) and I3
test(
  'a rotation whose answer was lost by a kill gives the same successor again',
  onPostgres,
  async (t) => {
    const place = await install(t)
    const client = await grantee(place.db)
    const scene = { place, witness: new Witness(), client }

    await killDuringRotation(scene, 'write sent')
    await killDuringRotation(scene, 'before the answer')
  },
)

// R1
test(
  'the embedded database loses no received token by a kill of the process',
  onPGlite,
  async (t) => {
    const dataDir = await temporaryFolder(t)
    const db = await openDatabase({ dataDir })
    await migrate(db)
    const client = await grantee(db)
    const codes = await issueCodes(db, client, 60)
    await db.close()
    const start = async () =>
      startProcess(t, { DATA_DIR: dataDir, PORT: String(await freePort()), LOG_LEVEL: 'error' })
    const witness = new Witness()
    let server = await start()

    for (let round = 0; round < 3; round++) {
      const some = codes.splice(0, 20)
      const exchanges = some.map((code) => witness.exchange(server.url, client, code))
      setTimeout(() => void server.stop('SIGKILL'), Math.random() * 200)
      const received = tokensIn(await Promise.all(exchanges))
      await server.stop('SIGKILL')
      server = await start()

      await assertActive(witness, [server.url], client, received)
    }
  },
)

function check({ place, witness }: Scene) {
  const { databaseUrl, urls: nodes } = place
  return audit({ databaseUrl, nodes, received: { attempts: witness.attempts } })
}
