// Installs what is missing before a start or a test. Plain JavaScript with nothing imported but Node's own:
// it runs on whatever Node is there (20 or newer), before anything is installed.
import { spawn } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureWidget } from './built-widget.js'
import { installFailure } from './install-failure.js'
import { missingPackages, wantedPackages } from './missing-packages.js'
import { nodeProblem } from './node-binary.js'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const NODE = join(ROOT, 'node_modules/.bin/node')
const development = process.argv.includes('--development')
const progressMs = 2000

if (Number(process.versions.node.split('.')[0]) < 20) {
  stop(`This needs Node.js 20 or newer to install itself; here is ${process.version}.`)
}
if (missingPackages(ROOT, { development }).length > 0) await install()
if (!existsSync(NODE)) {
  stop(
    'The package "node" came without its binary: npm does not run install scripts here (ignore-scripts).',
    'Run this once, then start again: npm rebuild node --ignore-scripts=false',
  )
}
ensureWidget(ROOT, NODE, say)

async function install() {
  const started = Date.now()
  say('Installing packages into node_modules, this once …')
  const progress = setInterval(() => say(progressLine(started)), progressMs)
  const { code, output } = await npm(npmArguments())
  clearInterval(progress)
  const missing = missingPackages(ROOT, { development })
  if (code !== 0 || missing.length > 0) stop(...installFailure(output, missing))
  if (existsSync(NODE)) checkNode()
  say(`Installed in ${seconds(started)} s.`)
}

// npm scripts look in node_modules first: a Node that does not run would even keep this file from running.
function checkNode() {
  const problem = nodeProblem(NODE)
  if (!problem) return
  rmSync(join(ROOT, 'node_modules/node'), { recursive: true })
  stop(problem)
}

// A tree that serves already is only added to: npm ci would first delete it below a running server.
function npmArguments() {
  const serves = missingPackages(ROOT, { development: false }).length === 0
  const kind = serves ? ['install', '--no-save'] : ['ci']
  const what = development ? ['--include=dev'] : ['--omit=dev']
  // npm's own pauses between tries add up to minutes, too long to look at when there is no network.
  const retries = [
    '--fetch-retries=3',
    '--fetch-retry-mintimeout=1000',
    '--fetch-retry-maxtimeout=8000',
  ]
  return [
    ...kind,
    ...what,
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    '--progress=false',
    ...retries,
  ]
}

/**
 * @param {string[]} args
 * @returns {Promise<{ code: number | null, output: string }>}
 */
function npm(args) {
  // The Node that runs npm, not this one: this one may be the one in node_modules, which npm replaces.
  const node = process.env.npm_node_execpath ?? process.execPath
  const script = process.env.npm_execpath ?? ''
  const [command, ...first] = /npm-cli\.c?js$/.test(script) ? [node, script] : ['npm']
  const child = spawn(command, [...first, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: command === 'npm' && process.platform === 'win32',
  })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
    process.once(signal, () => {
      child.kill(signal)
      stop('Interrupted. The next start installs again from the beginning.')
    })
  }
  return new Promise((done) => {
    let output = ''
    const keep = (/** @type {Buffer} */ chunk) => {
      output = (output + chunk).slice(-100_000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', ({ message }) => done({ code: 1, output: message }))
    child.on('close', (code) => done({ code, output }))
  })
}

/** @param {number} started */
function progressLine(started) {
  const wanted = wantedPackages(ROOT, { development })
  const there = wanted.filter(({ path }) => existsSync(join(ROOT, path, 'package.json')))
  // npm unpacks quickly at the end: until then it downloads, and nothing could be counted.
  const doing = there.length < wanted.length ? 'packages' : 'packages, preparing Node 26'
  return `  ${there.length} of ${wanted.length} ${doing}, ${seconds(started)} s`
}

/** @param {number} started */
function seconds(started) {
  return Math.round((Date.now() - started) / 1000)
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`${line}\n`)
}

/** @param {string[]} lines */
function stop(...lines) {
  for (const line of lines) say(line)
  process.exit(1)
}
