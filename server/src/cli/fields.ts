import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Json } from './api-client.ts'

/** A field of the API's bodies as a flag. */
export interface Field {
  name: string
  /** Without it: the name with dashes. */
  flag?: string
  /** list: repeatable. clearable…: an empty value takes away what is there. switch: also --no-…. */
  kind: 'text' | 'number' | 'clearable' | 'clearable-number' | 'list' | 'switch'
  help: string
  choices?: string[]
}

export function addFields(command: Command, fields: Field[], required: string[] = []): Command {
  for (const field of fields) {
    const isSwitch = field.kind === 'switch'
    const option = new Option(`--${flagOf(field)}${isSwitch ? '' : ' <value>'}`, field.help)
    if (field.kind === 'list') option.argParser(collect)
    if (field.kind === 'number') option.argParser(number)
    if (field.kind === 'clearable-number') option.argParser((text) => (text ? number(text) : text))
    if (field.choices) option.choices(field.choices)
    option.makeOptionMandatory(required.includes(field.name))
    command.addOption(option)
    if (isSwitch) command.addOption(new Option(`--no-${flagOf(field)}`))
  }
  return command
}

/** The request's body: what was given, and nothing of what was not. */
export function bodyOf(fields: Field[], options: Json): Json {
  const values = fields.map((field): [string, unknown] => {
    const value = options[new Option(`--${flagOf(field)}`).attributeName()]
    return [field.name, field.kind.startsWith('clearable') && value === '' ? null : value]
  })
  return Object.fromEntries(values.filter(([, value]) => value !== undefined))
}

const flagOf = ({ name, flag }: Field) => flag ?? name.replaceAll('_', '-')

function collect(value: string, previous: string[] = []): string[] {
  return [...previous, ...value.split(/\s+/).filter(Boolean)]
}

function number(value: string): number {
  if (!/^\d+$/.test(value)) throw new InvalidArgumentError('Give a whole number.')
  return Number(value)
}
