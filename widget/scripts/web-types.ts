import type { Declaration, Described, Manifest } from './published-manifest.ts'

/** The same for the editors of JetBrains: github.com/JetBrains/web-types, schema/web-types.json. */
export function webTypesOf({ modules }: Manifest, version: string): object {
  const elements = modules
    .flatMap(({ declarations }) => declarations)
    .filter(({ tagName }) => tagName)
    .map(elementOf)
  return {
    $schema: 'https://raw.githubusercontent.com/JetBrains/web-types/master/schema/web-types.json',
    name: '@autogpt/signin',
    version,
    'description-markup': 'markdown',
    contributions: { html: { elements } },
  }
}

function elementOf(element: Declaration): object {
  const { tagName, description, attributes, members, events, slots, cssParts } = element
  const fields = members.filter(({ kind }) => kind === 'field')
  return {
    name: tagName,
    description,
    attributes: attributes.map((attribute) => ({ ...named(attribute), ...valueIn(attribute) })),
    slots: slots.map(named),
    js: { properties: fields.map(typed), events: events.map(typed) },
    css: {
      parts: cssParts.map(named),
      properties: element.cssProperties.map(named),
      'pseudo-classes': element.cssStates.map(({ name, description }) => ({
        name: `state(${name})`,
        description,
      })),
    },
  }
}

const named = ({ name, description }: Described) => ({ name, description })

const typed = (item: Described) => ({ ...named(item), type: item.type?.text })

const valueIn = ({ type }: Described) => ({
  value: type?.text === 'boolean' ? { kind: 'no-value' } : { type: type?.text },
})
