// npm run proof: writes docs/security/musts.md and threats.md; fails when something is held by no test.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { proofPages } from './proof/pages.ts'
import { readProof } from './proof/proof.ts'

const root = join(import.meta.dirname, '..')
const proof = readProof(root)
for (const [name, page] of Object.entries(proofPages(proof))) {
  writeFileSync(join(root, 'docs/security', name), page)
}
for (const gap of proof.gaps) console.error(gap)
process.exitCode = proof.gaps.length === 0 ? 0 : 1
