import { type Html, html } from './html.ts'

interface Table {
  /** Names the table for assistive technology. */
  label: string
  columns: (string | Html)[]
  /** The first cell of a row names it. */
  rows: (string | Html)[][]
}

/** Rows of facts; too wide a table scrolls in its own box, by keyboard too. */
export function table({ label, columns, rows }: Table): Html {
  return html`<div class="table-scroll" role="region" aria-label="${label}" tabindex="0">
<table>
<thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>
${rows.map(row)}
</tbody>
</table>
</div>`
}

const row = ([name, ...cells]: (string | Html)[]) =>
  html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>
`
