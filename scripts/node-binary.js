import { spawnSync } from 'node:child_process'

const PACKAGES = [
  { manager: 'apt-get', first: ['update'], name: 'libatomic1' },
  { manager: 'dnf', first: ['makecache'], name: 'libatomic' },
]

/**
 * Why the Node 26 that npm has just installed does not run on this system, and what to do; nothing when it
 * does. It needs libatomic, which slim systems lack: that is installed where this process may.
 *
 * @param {string} node
 * @returns {string | undefined}
 */
export function nodeProblem(node) {
  const problem = failure(node)
  if (!problem?.includes('libatomic')) return problem && `Node 26 does not run here: ${problem}`
  const found = PACKAGES.find(({ manager }) => !failure(manager))
  if (!found) return 'Node 26 needs the library libatomic: install it and start again.'
  process.stderr.write(`Installing ${found.name}, which Node 26 needs …\n`)
  asRoot(found.manager, found.first)
  asRoot(found.manager, ['install', '-y', found.name])
  if (!failure(node)) return undefined
  return `That did not work. Run it, then start again: sudo ${found.manager} install ${found.name}`
}

/**
 * @param {string} program
 * @param {string[]} args
 */
function asRoot(program, args) {
  const isRoot = process.getuid?.() === 0
  spawnSync(isRoot ? program : 'sudo', isRoot ? args : ['-n', program, ...args], {
    stdio: 'ignore',
  })
}

/** @param {string} program */
function failure(program) {
  const { status, error, stderr } = spawnSync(program, ['--version'], { encoding: 'utf8' })
  return status === 0 ? undefined : (error?.message ?? stderr.trim())
}
