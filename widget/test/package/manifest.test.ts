import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Declaration, Described } from '../../scripts/published-manifest.ts'
import { valuesOf } from '../../scripts/published-manifest.ts'
import { webTypesOf } from '../../scripts/web-types.ts'
import { AutoGPTSignIn } from '../../src/autogpt-signin.ts'

const widget = join(import.meta.dirname, '../..')
const read = (name: string) => readFileSync(join(widget, name), 'utf8')
const manifest = JSON.parse(read('custom-elements.json'))
const element: Declaration = manifest.modules[0].declarations.find(
  ({ tagName }: Declaration) => tagName === 'autogpt-signin',
)
const source = read('src/element.ts')
const outdated = 'run npm run manifest -w widget'

test('custom-elements.json has the attributes of the element, each with its type', () => {
  const types = new Map(
    [...source.matchAll(/^ {2}declare (\w+)\??: (.+)$/gm)].map(([, name, type = '']) => [
      name,
      type,
    ]),
  )
  const wanted = [...AutoGPTSignIn.elementProperties].map(([property, { attribute }]) => ({
    name: attribute ?? property,
    type: valuesOf(types.get(String(property)) ?? ''),
  }))

  const described = element.attributes.map(({ name, type }) => ({ name, type: type?.text }))

  assert.deepEqual(described, wanted, outdated)
})

test('whoever reads it in an editor learns what each attribute and each method is for', () => {
  const others = element.members.filter(({ attribute }) => !attribute)
  const silent = [...element.attributes, ...others].filter(({ description }) => !description)

  assert.deepEqual(
    silent.map(({ name }) => name),
    [],
    outdated,
  )
  assert.ok(others.some(({ name }) => name === 'preload'))
})

const tags: [tag: string, described: Described[]][] = [
  ['fires', element.events],
  ['slot', element.slots],
  ['csspart', element.cssParts],
  ['cssprop', element.cssProperties],
  ['cssstate', element.cssStates],
]

for (const [tag, described] of tags) {
  test(`custom-elements.json has what the element's comment says with @${tag}`, () => {
    const line = new RegExp(
      `^ \\* @${tag}(?: \\{\\w+\\})?(?: \\[?([\\w-]+)(?:=.+?\\])?)? - (.+)$`,
      'gm',
    )

    const said = [...source.matchAll(line)].map(([, name = '', words]) => `${name}: ${words}`)

    assert.deepEqual(
      described.map(({ name, description }) => `${name}: ${description}`),
      said,
      outdated,
    )
    assert.ok(said.length > 0)
  })
}

test('web-types.json says the same', () => {
  const { version } = JSON.parse(read('package.json'))
  const wanted = JSON.parse(JSON.stringify(webTypesOf(manifest, version)))

  assert.deepEqual(JSON.parse(read('web-types.json')), wanted, outdated)
})
