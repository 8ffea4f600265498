import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface CitingTest {
  file: string
  name: string
  /** Clauses such as `RFC 7636 4.6`, and the ids of docs/security/threats.json. */
  citations: Set<string>
}

const testFiles = ['{db,server,demo,scripts,widget}/**/*.test.ts', 'e2e/**/*.spec.ts']

/** Every test with the clauses and threats that its comments name. */
export function readCitations(root: string): CitingTest[] {
  // The tests of this folder hold tests in strings.
  const files = globSync(testFiles, { cwd: root, exclude: ['scripts/proof/**'] }).sort()
  return files.flatMap((file) => citationsOf(file, readFileSync(join(root, file), 'utf8')))
}

/**
 * A comment counts for the test it stands in; one before a test, or in the table that a test is run
 * with, for the test that follows. Where a test ends, the formatter's indentation says.
 */
export function citationsOf(file: string, source: string): CitingTest[] {
  const tests: CitingTest[] = []
  let waiting = new Set<string>()
  let open: { test: CitingTest; indent: number } | undefined
  const lines = source.split('\n')
  for (const [index, line] of lines.entries()) {
    const indent = line.search(/\S/)
    const name = testName(lines.slice(index, index + 2).join('\n'))
    if (open && indent >= 0 && indent <= open.indent) open = undefined
    if (name !== undefined) {
      open = { indent, test: { file, name, citations: waiting } }
      tests.push(open.test)
      waiting = new Set()
    }
    for (const cited of clausesIn(commentOf(line))) (open?.test.citations ?? waiting).add(cited)
    // The end of a function or a loop: what it cited was not meant for the next test.
    if (line === '}') waiting = new Set()
  }
  return tests
}

/** The name of a test that begins on the first of two lines; the formatter may break after test(. */
function testName(text: string): string | undefined {
  const found = /^[ \t]*(?:await )?(?:t\.)?test\(\n?\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/.exec(text)
  return found?.[2]
    ?.replace(/\$\{(\w+)\}/g, '‹$1›')
    .replace(/\$\{.*?\}+/g, '‹…›')
    .replace(/\\(.)/g, '$1')
}

const commentOf = (line: string) => /(?:^|\s)(?:\/\/|\/?\*+) (.*)$/.exec(line)?.[1] ?? ''

const document = 'RFC \\d+|OIDC (?:Core|Discovery)|RP-Initiated Logout|OAuth 2\\.1|ASVS'
const section = '\\d+(?:\\.\\d+)*'
const clauses = new RegExp(`(${document}) (${section}(?:, ${section}(?![\\w.]))*)`, 'g')
const threat = /(?<![\w-])[AR]\d{1,3}(?![\w.-])/g

function clausesIn(comment: string): string[] {
  const cited = [...comment.matchAll(clauses)].flatMap(([, name, sections = '']) =>
    sections.split(', ').map((one) => `${name} ${one}`),
  )
  return [...cited, ...(comment.match(threat) ?? [])]
}
