import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { DirectoryInUse, lockDirectory } from './directory-lock.ts'

async function directory(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'autogpt-sso-lock-'))
  t.after(() => rm(path, { recursive: true }))
  return path
}

const script = `
  import { lockDirectory } from ${JSON.stringify(import.meta.resolve('./directory-lock.ts'))}
  const unlock = await lockDirectory(process.argv[1], { waitSeconds: Number(process.argv[2]) })
    .catch(({ name }) => { console.log(name); process.exit(1) })
  console.log('locked')
  process.stdin.resume().on('end', () => { unlock(); process.exit(0) })`

function startHolder(path: string, waitSeconds = 0): ChildProcess {
  return spawn(process.execPath, ['--input-type=module', '-e', script, path, `${waitSeconds}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
}

async function said({ stdout }: ChildProcess): Promise<string> {
  const [line] = await once(stdout ?? assert.fail(), 'data')
  return String(line).trim()
}

async function killed(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'exit')
}

const inUse = (path: string) =>
  lockDirectory(path, { waitSeconds: 0 }).then(
    () => assert.fail('the lock was given twice'),
    (error: Error) => error,
  )

// R22
test('a second process is refused in one line that says who is there since when', async (t) => {
  const path = await directory(t)
  const holder = startHolder(path)
  await said(holder)
  t.after(() => killed(holder))

  const error = await inUse(path)

  assert.ok(error instanceof DirectoryInUse)
  const [, pid, since] =
    error.message.match(/is in use by process (\d+) on .+ since (\S+)\.$/) ?? []
  assert.equal(Number(pid), holder.pid)
  assert.ok(Math.abs(Date.now() - Date.parse(since ?? '')) < 60_000)
  assert.doesNotMatch(error.message, /\n/)
})

// R22
test('the lock of a killed process is free at once', async (t) => {
  const path = await directory(t)
  const holder = startHolder(path)
  await said(holder)
  await killed(holder)

  const unlock = await lockDirectory(path, { waitSeconds: 0 })

  unlock()
})

// R22
test('a process that has the pid of a killed holder by now does not hold the lock', async (t) => {
  const path = await directory(t)
  const holder = startHolder(path)
  await said(holder)
  await killed(holder)
  const note = join(path, 'lock.holder.json')
  const left = JSON.parse(await readFile(note, 'utf8'))
  await writeFile(note, JSON.stringify({ ...left, pid: process.ppid }))

  const unlock = await lockDirectory(path, { waitSeconds: 0 })

  unlock()
})

test('of many processes that wait for a killed holder one gets the lock', async (t) => {
  const path = await directory(t)
  const holder = startHolder(path)
  await said(holder)
  const waiting = Array.from({ length: 5 }, () => startHolder(path, 2))
  await sleep(1000)
  await killed(holder)

  const answers = await Promise.all(waiting.map(said))
  for (const child of waiting) child.kill('SIGKILL')

  assert.deepEqual(answers.toSorted(), [...Array(4).fill('DirectoryInUse'), 'locked'])
})

test('a start waits for a holder that is on its way out, and says so', async (t) => {
  const path = await directory(t)
  const holder = startHolder(path)
  await said(holder)
  const notices: string[] = []
  const end = async () => {
    await sleep(500)
    holder.stdin?.end()
  }

  const [unlock] = await Promise.all([
    lockDirectory(path, { waitSeconds: 10, onNotice: (line) => notices.push(line) }),
    end(),
  ])

  assert.equal(notices.length, 1)
  assert.match(notices[0] ?? '', /in use by process .* Waiting 10 s/)
  unlock()
})

test('a released lock is free, and releasing it again takes nobody else away', async (t) => {
  const path = await directory(t)
  const first = await lockDirectory(path)
  first()
  const second = await lockDirectory(path, { waitSeconds: 0 })

  first()

  assert.ok((await inUse(path)) instanceof DirectoryInUse)
  second()
})
