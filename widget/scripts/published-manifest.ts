import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { spelled } from '../src/core/transaction.ts'
import { widgetFolder } from './stamp.js'

export interface Described {
  name: string
  description?: string
  type?: { text: string }
  fieldName?: string
}

interface Member extends Described {
  kind: string
  static?: boolean
  privacy?: string
  attribute?: string
}

export interface Declaration extends Described {
  tagName?: string
  members: Member[]
  attributes: Described[]
  events: Described[]
  slots: Described[]
  cssParts: Described[]
  cssProperties: Described[]
  cssStates: Described[]
}

export interface Manifest {
  modules: { path: string; declarations: Declaration[]; exports: object[] }[]
}

/** What the analyzer saw, less what is nobody's business, at the address that sites import. */
export function published(manifest: Manifest): Manifest {
  const path = 'dist/autogpt-signin.js'
  const declarations = manifest.modules.flatMap(({ declarations }) => declarations)
  const place = (name: string) => ({ name, module: path })
  const exported = declarations.map(({ name }) => ({
    kind: 'js',
    name,
    declaration: place(name),
  }))
  const defined = declarations
    .filter(({ tagName }) => tagName)
    .map(({ name, tagName }) => ({
      kind: 'custom-element-definition',
      name: tagName,
      declaration: place(name),
    }))
  const exports = [...exported, ...defined]
  return {
    ...manifest,
    modules: [{ ...module, path, declarations: declarations.map(tidy), exports }],
  }
}

const module = { kind: 'javascript-module' }

function tidy(declaration: Declaration): Declaration {
  const { tagName, members, attributes } = declaration
  if (!tagName) return declaration
  return {
    ...declaration,
    members: members
      .filter(isPublic)
      .map((member) => ({ ...ofAttribute(member, attributes), ...member }))
      .map(spelledOut)
      .map(withDashes),
    attributes: attributes
      .map(spelledOut)
      .map((attribute) => ({ ...attribute, name: spelled(attribute.name, '-') })),
  }
}

/** The analyzer takes a property for a static one of the same name, which is no attribute. */
function ofAttribute({ name }: Member, attributes: Described[]): Partial<Member> {
  const attribute = attributes.find(({ fieldName }) => fieldName === name)
  return attribute ? { description: attribute.description ?? '', attribute: attribute.name } : {}
}

/** The analyzer does not see that the element names its attributes by itself. */
function withDashes(member: Member): Member {
  const { attribute } = member
  return attribute ? { ...member, attribute: spelled(attribute, '-') } : member
}

/** Of what every element has, only the types are ours. */
const inherited = ['addEventListener', 'removeEventListener']

const isPublic = ({ name, privacy = 'public', static: isStatic }: Member) =>
  privacy === 'public' &&
  !/^[#_]/.test(name) &&
  !inherited.includes(name) &&
  (!isStatic || ['handleCallback', 'preload'].includes(name))

/** Editors offer the values of an attribute, and know no names of types. */
function spelledOut<Item extends Described>(item: Item): Item {
  return item.type ? { ...item, type: { text: valuesOf(item.type.text) } } : item
}

export function valuesOf(type: string): string {
  const withoutAbsence = type.replace(' | undefined', '')
  return aliases.get(withoutAbsence) ?? withoutAbsence
}

const aliases = new Map(
  globSync('src/**/*.ts', { cwd: widgetFolder }).flatMap((file) => {
    const source = readFileSync(join(widgetFolder, file), 'utf8')
    const found = source.matchAll(/^export type (\w+) =\s+((?:(?:\| )?'[\w-]+'\s*)+)$/gm)
    return [...found].map(([, name = '', values = '']): [string, string] => [name, values.trim()])
  }),
)
