import assert from 'node:assert/strict'
import { existsSync, globSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { suite, test } from 'node:test'
import { en } from '../../server/src/web/locales/en.ts'
import { blocksOf, documents, proseOf, read, root } from './markdown.ts'
import { withScopeTable } from './scope-table.ts'

suite('every document', () => {
  for (const document of documents) {
    test(`${document} links to what is there`, () => {
      for (const target of linksOf(document)) {
        const [path = '', anchor] = target.split('#')
        const file = path ? normalize(join(dirname(document), path)) : document
        assert.ok(existsSync(join(root, file)), `${target} is not there`)
        if (anchor) assert.ok(anchorsOf(file).includes(anchor), `${target} has no such heading`)
      }
    })

    test(`${document} names files that are there`, () => {
      for (const path of pathsOf(document)) {
        assert.ok(globSync(path, { cwd: root }).length > 0, `${path} is not there`)
      }
    })
  }
})

test('docs/flow.md names a file at each of its steps', () => {
  const steps = proseOf('docs/flow.md').split(/^## /m).slice(1)

  assert.ok(steps.length >= 8)
  for (const step of steps) assert.match(step, /`server\/src\/[\w/-]+\.ts`/)
})

test('every document is reached from README.md', () => {
  const reached = new Set(['README.md'])
  for (const document of reached) {
    for (const target of linksOf(document)) {
      const file = normalize(join(dirname(document), target.split('#')[0] ?? ''))
      const found = documents.filter(
        (one) => one === file || dirname(one) === file.replace(/\/$/, ''),
      )
      for (const one of found) reached.add(one)
    }
  }

  assert.deepEqual([...reached].sort(), documents)
})

test('what README.md says to press is on the pages', () => {
  const pages = JSON.stringify(en) + read('demo/public/index.html')

  const labels = [...proseOf('README.md').matchAll(/(?<!\*)\*([^*\n]+)\*(?!\*)/g)]

  assert.ok(labels.length >= 6)
  for (const [, label = ''] of labels) assert.ok(pages.includes(label), label)
})

test('the table of scopes is the one of the code: npm run docs', () => {
  const { now, wanted } = withScopeTable()

  assert.equal(now, wanted)
})

test('blocks are in a language that somebody knows', () => {
  const known = [
    '',
    'sh',
    'json',
    'js',
    'sql',
    'yaml',
    'mermaid',
    'nginx',
    'ini',
    'text',
    'html',
    'tsx',
  ]

  for (const { document, line, language } of documents.flatMap(blocksOf)) {
    assert.ok(known.includes(language), `${document}:${line}: ${language}`)
  }
})

function linksOf(document: string): string[] {
  const prose = proseOf(document)
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g), ...prose.matchAll(/src(?:set)?="([^"]+)"/g)]
  return links.map(([, target = '']) => target).filter((target) => !/^[a-z]+:/.test(target))
}

/** GitHub's rule for the address of a heading. */
function anchorsOf(document: string): string[] {
  return [...proseOf(document).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\- _]/gu, '')
      .replaceAll(' ', '-'),
  )
}

/** Paths of this project in inline code; a star stands for any name. */
function pathsOf(document: string): string[] {
  const code = [
    ...proseOf(document).matchAll(/`((?:db|server|widget|demo|scripts|e2e|docs)\/[\w./*-]*)`/g),
  ]
  return code.map(([, path = '']) => path)
}
