import { type Html, html } from './html.ts'

interface Table {
  /** Names the table for assistive technology. */
  label: string
  columns: string[]
  /** The first cell of a row names it. */
  rows: (string | Html)[][]
}

/**
 * Rows of facts. On a phone each is a card, its cells one below the other; the roles say what it is,
 * since a table that is laid out otherwise is none to some browsers.
 */
export function table({ label, columns, rows }: Table): Html {
  return html`<div class="table-box">
<table role="table" aria-label="${label}">
<thead role="rowgroup"><tr role="row">${columns.map((column) => html`<th role="columnheader" scope="col">${column}</th>`)}</tr></thead>
<tbody role="rowgroup">
${rows.map((cells) => row(columns, cells))}
</tbody>
</table>
</div>`
}

const row = (columns: string[], [name, ...cells]: (string | Html)[]) =>
  html`<tr role="row"><th role="rowheader" scope="row">${name}</th>${cells.map((cell, index) => html`<td role="cell" data-column="${columns[index + 1]}">${cell}</td>`)}</tr>
`
