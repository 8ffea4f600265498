// A node that does nothing but sweep, once, for tests that kill it: DATABASE_URL, then a line of JSON.
import { openDatabase } from '#db/database.ts'
import { sweep } from '../../src/startup/sweep.ts'

const db = await openDatabase({ databaseUrl: process.env.DATABASE_URL, dataDir: '' })
const warn = (fields: { err?: Error }) => process.stderr.write(`${fields.err?.message}\n`)
const began = performance.now()
const removed = await sweep({ db, log: { info() {}, debug() {}, warn } })
process.stdout.write(`${JSON.stringify({ removed, ms: performance.now() - began })}\n`)
await db.close()
