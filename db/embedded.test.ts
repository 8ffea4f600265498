import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from './database.ts'
import { DirectoryInUse } from './directory-lock.ts'
import { embeddedMajor, openEmbedded } from './embedded.ts'

// A whole database with one row, made once; each test breaks a copy of it.
let whole: string

before(async () => {
  whole = await mkdtemp(join(tmpdir(), 'autogpt-sso-embedded-'))
  const database = await openDatabase({ dataDir: whole })
  await database.query('create table kept (n integer); insert into kept values (7)')
  await database.close()
})

after(() => rm(whole, { recursive: true }))

async function emptyDirectory(t: TestContext): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'autogpt-sso-embedded-'))
  t.after(() => rm(dataDir, { recursive: true }))
  return dataDir
}

async function copy(t: TestContext): Promise<string> {
  const dataDir = await emptyDirectory(t)
  cpSync(whole, dataDir, { recursive: true })
  return dataDir
}

const script = `
  import { openDatabase } from ${JSON.stringify(import.meta.resolve('./database.ts'))}
  const [dataDir] = process.argv.slice(1)
  try {
    const database = await openDatabase({ dataDir })
    const { rows } = await database.query('select n from kept')
    console.log('rows', rows.length)
    process.exit(0)
  } catch (error) {
    console.log(error.name + ': ' + error.message)
    process.exit(1)
  }`

const args = (dataDir: string) => ['--input-type=module', '-e', script, dataDir]

// In a process of its own: WebAssembly that gives up may take its process along.
function opening(dataDir: string) {
  const { status, stdout } = spawnSync(process.execPath, args(dataDir), { encoding: 'utf8' })
  return { status, said: stdout.trim() }
}

test('a first start makes the database, a second one finds what is in it', async (t) => {
  assert.deepEqual(opening(await copy(t)), { status: 0, said: 'rows 1' })

  assert.deepEqual(readdirSync(whole).toSorted(), ['database', 'lock'])
  assert.equal(readFileSync(join(whole, 'database', 'PG_VERSION'), 'utf8').trim(), embeddedMajor)
})

// A42: PGlite's own files may be read and written by anybody.
test('in a directory that is open to others the database is closed', async (t) => {
  const dataDir = await copy(t)
  chmodSync(dataDir, 0o755)
  const mode = (path: string) => statSync(join(path, 'database')).mode & 0o777
  assert.equal(mode(whole), 0o700)
  chmodSync(join(dataDir, 'database'), 0o755)

  assert.equal(opening(dataDir).status, 0)

  assert.equal(mode(dataDir), 0o700)
})

const content = (dataDir: string) =>
  readdirSync(join(dataDir, 'database'), { recursive: true })
    .map(String)
    .filter((name) => !/postmaster.pid|pg_internal.init/.test(name))
    .toSorted()

interface Damage {
  to: string
  by(database: string): void
  says: RegExp
}

const wal = (database: string) => join(database, 'pg_wal', '000000010000000000000001')
const control = (database: string) => join(database, 'global', 'pg_control')

// R21
const damages: Damage[] = [
  {
    to: 'a directory without PG_VERSION',
    by: (database) => rmSync(join(database, 'PG_VERSION')),
    says: /is not a whole database/,
  },
  {
    to: 'a directory without pg_control',
    by: (database) => rmSync(control(database)),
    says: /is not a whole database/,
  },
  {
    to: 'a short pg_control',
    by: (database) => truncateSync(control(database), 100),
    says: /is damaged \(global\/pg_control/,
  },
  {
    to: 'a pg_control of noise',
    by: (database) => writeFileSync(control(database), randomBytes(8192)),
    says: /does not open \(database files are incompatible with server\)/,
  },
  {
    to: 'a short write-ahead log',
    by: (database) => truncateSync(wal(database), 1000),
    says: /does not open \(could not locate a valid checkpoint record/,
  },
  {
    to: 'a page of noise in the catalog',
    by: (database) => writeFileSync(join(database, 'base', '5', '1259'), randomBytes(40_960)),
    says: /does not open \(invalid page in block/,
  },
  {
    to: 'a newer PostgreSQL',
    by: (database) => writeFileSync(join(database, 'PG_VERSION'), '99\n'),
    says: /was made by PostgreSQL 99, .* start the version that made it/,
  },
]

for (const { to, by, says } of damages) {
  test(`${to} is refused in one line that says what to do, and nothing is removed`, async (t) => {
    const dataDir = await copy(t)
    by(join(dataDir, 'database'))
    const before = content(dataDir)

    const { status, said } = opening(dataDir)

    assert.equal(status, 1)
    assert.match(said, says)
    assert.match(
      said,
      /^UnusableDataDirectory: .*(Nothing was removed|Nothing was changed): [^\n]+$/,
    )
    assert.deepEqual(content(dataDir), before)
    assert.deepEqual(readdirSync(dataDir).toSorted(), ['database', 'lock'])
  })
}

test('a kill while the database is made costs nothing: the next start makes it', async (t) => {
  const dataDir = await emptyDirectory(t)
  const first = spawn(process.execPath, args(dataDir), { stdio: 'ignore' })
  while (!readdirSync(dataDir).some((name) => name.startsWith('database.new-'))) await sleep(10)
  await sleep(300)
  first.kill('SIGKILL')
  await once(first, 'exit')
  assert.equal(existsSync(join(dataDir, 'database')), false)

  const { said } = opening(dataDir)

  assert.match(said, /relation "kept" does not exist/)
  assert.deepEqual(readdirSync(dataDir).toSorted(), ['database', 'lock', 'lock.holder.json'])
})

test('rows that were acknowledged survive a kill', async (t) => {
  const dataDir = await copy(t)
  const writer = spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `import { openDatabase } from ${JSON.stringify(import.meta.resolve('./database.ts'))}
     const database = await openDatabase({ dataDir: process.argv[1] })
     for (let n = 0; ; n += 1) {
       await database.query('insert into kept values ($1)', [n])
       process.stdout.write('.')
     }`,
    dataDir,
  ])
  let acknowledged = 0
  writer.stdout.on('data', (dots: Buffer) => {
    acknowledged += dots.length
    if (acknowledged > 200) writer.kill('SIGKILL')
  })
  await once(writer, 'close')

  const { said } = opening(dataDir)

  assert.ok(Number(said.match(/rows (\d+)/)?.[1]) > acknowledged)
})

// R22
test('a directory that is open is not opened twice, and is free when it is closed', async (t) => {
  const dataDir = await copy(t)
  const database = await openDatabase({ dataDir })

  await assert.rejects(openEmbedded({ dataDir, waitSeconds: 0 }), DirectoryInUse)
  await database.close()

  const again = await openEmbedded({ dataDir, waitSeconds: 0 })
  await again.close()
})

test('a path that cannot be a directory is named', async (t) => {
  const dataDir = join(await emptyDirectory(t), 'file')
  writeFileSync(dataDir, '')

  const { status, said } = opening(dataDir)

  assert.equal(status, 1)
  assert.match(
    said,
    /^UnusableDataDirectory: .*file cannot be used .* set DATA_DIR to another one\.$/,
  )
})
