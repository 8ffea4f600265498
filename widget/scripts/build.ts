// npm run build: makes dist/, unless it is there already. The first start of the server runs it, too.
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildInto } from './bundles.ts'
import { compressInto } from './compressed.ts'
import { isBuilt, stampFile, stampOf, widgetFolder } from './stamp.js'

if (!isBuilt()) await rebuild()

/** Made aside and moved, so that nobody reads half of it. */
async function rebuild(): Promise<void> {
  const stamp = stampOf()
  const aside = join(widgetFolder, `.dist-${process.pid}`)
  try {
    await buildInto(aside)
    compressInto(join(aside, 'cdn'))
    writeFileSync(join(aside, stampFile), stamp)
    put(aside)
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
}

function put(aside: string): void {
  const dist = join(widgetFolder, 'dist')
  try {
    rmSync(dist, { recursive: true, force: true })
    renameSync(aside, dist)
  } catch (error) {
    // Another process was quicker.
    if (!isBuilt()) throw error
  }
}
