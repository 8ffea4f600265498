import { type Html, html } from './html.ts'

interface Labelled {
  name: string
  /** The name, unless the page has several fields of that name. */
  id?: string
  label: string
  hint?: string | Html | undefined
  error?: string | undefined
  required?: boolean
  autofocus?: boolean
}

interface Field extends Labelled {
  type?: 'text' | 'email' | 'password' | 'url' | 'number' | 'search'
  value?: string | number | undefined
  autocomplete?: string
  inputmode?: 'numeric' | 'email' | 'url' | 'search'
  minlength?: number
  maxlength?: number
  readonly?: boolean
  spellcheck?: boolean
}

/** One labelled input with its hint and error, tied together for assistive technology. */
export function field(options: Field): Html {
  const { name, type = 'text', value, autocomplete, inputmode, minlength, maxlength } = options
  return labelled(
    options,
    html`<input id="${idOf(options)}" name="${name}" type="${type}"${attributes({
      value: type === 'password' ? undefined : value,
      autocomplete,
      inputmode,
      minlength,
      maxlength,
      readonly: options.readonly,
      spellcheck: options.spellcheck === false ? 'false' : undefined,
      ...states(options),
    })}>`,
  )
}

interface TextArea extends Labelled {
  value?: string | undefined
  rows?: number
  maxlength?: number
}

/** As field(), for several lines. */
export function textArea(options: TextArea): Html {
  const { name, value, rows = 3, maxlength } = options
  return labelled(
    options,
    // A line break right after the tag is dropped by the parser, so a value's own first one stays.
    html`<textarea id="${idOf(options)}" name="${name}" rows="${rows}"${attributes({ maxlength, ...states(options) })}>
${value}</textarea>`,
  )
}

interface Select extends Labelled {
  value?: string | undefined
  options: { value: string; label: string }[]
  autocomplete?: string
}

/** As field(), for one of a list. */
export function select(settings: Select): Html {
  const { name, value, options, autocomplete } = settings
  return labelled(
    settings,
    html`<select id="${idOf(settings)}" name="${name}"${attributes({ autocomplete, ...states(settings) })}>
${options.map(
  (option) =>
    html`<option value="${option.value}"${attributes({ selected: option.value === value })}>${option.label}</option>`,
)}
</select>`,
  )
}

interface Button {
  label: string | Html
  name?: string
  value?: string
  kind?: 'primary' | 'secondary' | 'danger' | 'link'
  /** Sends the form as it stands, for "send again" beside required fields. */
  formnovalidate?: boolean
  /** The id of the form it sends, where it stands in another one. */
  form?: string
  /** The id of what says more about it. */
  describedBy?: string
}

/** A button that sends the form it stands in. */
export function button({ label, kind = 'primary', describedBy, ...rest }: Button): Html {
  const all = { ...rest, 'aria-describedby': describedBy }
  return html`<button class="button ${kind}" type="submit"${attributes(all)}>${label}</button>`
}

const idOf = ({ id, name }: Labelled) => id ?? name

const labelled = (options: Labelled, control: Html) => {
  const { label, hint, error } = options
  const id = idOf(options)
  return html`<div class="field">
<label for="${id}">${label}</label>
${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
${error && html`<p class="error" id="${id}-error">${error}</p>`}
${control}
</div>`
}

const states = (options: Labelled) => {
  const { hint, error, required, autofocus } = options
  const id = idOf(options)
  return {
    required,
    autofocus,
    'aria-invalid': error ? 'true' : undefined,
    'aria-describedby':
      [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ') || undefined,
  }
}

const attributes = (values: { [name: string]: string | number | boolean | undefined }) =>
  Object.entries(values).map(([name, value]) => {
    if (value === undefined || value === false) return ''
    return value === true ? html` ${name}` : html` ${name}="${value}"`
  })
