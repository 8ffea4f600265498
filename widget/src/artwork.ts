import { html, type TemplateResult } from 'lit'

/** AutoGPT's sign, as on AutoGPT's own pages: it keeps its colours on every ground. */
export const logo = (): TemplateResult =>
  html`<svg part="logo" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="9" fill="#4f46e5"/><circle cx="16" cy="19" r="2.25" fill="#fff"/><path d="M9 23 16 8l7 15" fill="none" stroke="#fff" stroke-width="2.75" stroke-linecap="round" stroke-linejoin="round"/></svg>`

export const spinner = (): TemplateResult =>
  html`<svg part="spinner" viewBox="0 0 32 32" aria-hidden="true"><circle cx="16" cy="16" r="13" fill="none" stroke="currentColor" stroke-width="4" stroke-dasharray="60 22"/></svg>`
