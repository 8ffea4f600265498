import { button } from './fields.ts'
import { type Html, html } from './html.ts'

interface Confirmation {
  /** Of the question, which the button is described by. */
  id: string
  label: string | Html
  question: string
  button: Omit<Parameters<typeof button>[0], 'kind' | 'describedBy'>
}

/** Asks before what cannot be undone: a disclosure within its form, so without a page or a script. */
export function confirmation({ id, label, question, button: yes }: Confirmation): Html {
  return html`<details class="confirmation"><summary class="button">${label}</summary>
<p id="${id}">${question}</p>
${button({ ...yes, kind: 'danger', describedBy: id })}
</details>`
}
