import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { settings } from '../server/src/settings.ts'

export interface Started {
  /** From the command to the first answer. */
  seconds: number
  output(): string
  stop(): Promise<void>
}

/** `npm start` in a folder, as somebody types it in a shell of their own; returns once it answers. */
export async function npmStart(folder: string, port: number): Promise<Started> {
  const began = Date.now()
  const child = spawn('npm', ['start'], {
    cwd: folder,
    env: { ...shellEnvironment(), PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // A group of its own, to be ended as Ctrl+C ends it.
  })
  let output = ''
  const closed = once(child, 'close')
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk
      process.stdout.write(chunk.toString().replaceAll(/^(?=.)/gm, '    '))
    })
  }
  const stop = async () => {
    end(child.pid, 'SIGINT')
    // The pipes close when the last of the group has ended, so after the server has drained.
    const timeout = AbortSignal.timeout(20_000)
    await Promise.race([closed, once(timeout, 'abort')])
    end(child.pid, 'SIGKILL')
  }
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}`)
    if (Date.now() - began > 5 * 60_000) {
      await stop()
      throw new Error('npm start did not get ready within 5 minutes')
    }
    await sleep(50)
  }
  return { seconds: (Date.now() - began) / 1000, output: () => output, stop }
}

// Without what npm put into this process: its settings, and the Node of this folder's node_modules.
function shellEnvironment(): NodeJS.ProcessEnv {
  const path = (process.env.PATH ?? '').split(delimiter)
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('npm_') && !(name in settings.shape),
  )
  return {
    ...Object.fromEntries(kept),
    PATH: path.filter((folder) => !folder.includes('node_modules')).join(delimiter),
  }
}

async function answers(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://localhost:${port}/health/live`)).ok
  } catch {
    return false
  }
}

function end(group: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (group) process.kill(-group, signal)
  } catch {
    // It has ended already.
  }
}
