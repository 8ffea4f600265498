import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'

/** Another process works in the directory; the message is one line that says which. */
export class DirectoryInUse extends Error {
  override name = 'DirectoryInUse'
}

export interface LockOptions {
  waitSeconds?: number | undefined
  onNotice?: ((line: string) => void) | undefined
}

const busy = 5 // SQLITE_BUSY

/**
 * Holds directory for this process alone until the returned function is called or the process ends.
 * The lock is the operating system's (through SQLite, which knows how on every platform), so it dies
 * with its holder: a kill leaves nothing stale, and no pid, which may be another's by now or that of
 * another container, is ever trusted.
 */
export async function lockDirectory(
  directory: string,
  { waitSeconds = 10, onNotice = () => {} }: LockOptions = {},
): Promise<() => void> {
  const deadline = performance.now() + waitSeconds * 1000
  let told = false
  for (;;) {
    const lock = tryLock(join(directory, 'lock'))
    if (lock) return heldLock(directory, lock)
    if (performance.now() >= deadline) throw new DirectoryInUse(inUse(directory))
    if (!told) onNotice(`${inUse(directory)} Waiting ${waitSeconds} s for it to end.`)
    told = true
    await sleep(100)
  }
}

function tryLock(path: string): DatabaseSync | undefined {
  const lock = new DatabaseSync(path, { timeout: 0 })
  try {
    // Nothing is ever written, so no journal beside it either.
    lock.exec('pragma journal_mode = memory; begin exclusive')
    return lock
  } catch (error) {
    lock.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === busy) return undefined
    throw new Error(`The file system of ${path} gives no lock`, { cause: error })
  }
}

function heldLock(directory: string, lock: DatabaseSync): () => void {
  const path = holderFile(directory)
  const holder: Holder = { pid: process.pid, host: hostname(), since: new Date().toISOString() }
  writeFileSync(`${path}.new`, `${JSON.stringify(holder)}\n`)
  renameSync(`${path}.new`, path)
  return () => {
    if (!lock.isOpen) return
    rmSync(path, { force: true })
    lock.close()
  }
}

// For people only: who holds the lock is never decided by it.
interface Holder {
  pid: number
  host: string
  since: string
}

const holderFile = (directory: string) => join(directory, 'lock.holder.json')

function inUse(directory: string): string {
  try {
    const holder: Holder = JSON.parse(readFileSync(holderFile(directory), 'utf8'))
    const { pid, host, since } = holder
    return `${directory} is in use by process ${pid} on ${host} since ${since}.`
  } catch {
    return `${directory} is in use by another process.`
  }
}
