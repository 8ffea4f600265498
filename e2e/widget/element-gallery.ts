import { type Site, startSite } from './site.ts'

/** A site that shows the server's button in every look: for the eye, and for axe. */
export async function startGallery(issuer: string, lang = 'en'): Promise<Site> {
  const site = await startSite('gallery')
  site.serve('/', { body: gallery(`${issuer}/widget/v1/autogpt-signin.js`, lang) })
  site.serve('/gallery.css', { body: galleryStyle, type: 'text/css' })
  site.serve('/gallery.js', { body: galleryScript, type: 'text/javascript' })
  return site
}

function gallery(script: string, lang: string): string {
  const dir = /ar|he/.test(lang) ? 'rtl' : 'ltr'
  return `<!doctype html><html lang="${lang}" dir="${dir}"><meta charset="utf-8"><title>The button</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/gallery.css">
<main><h1>Sign in with AutoGPT</h1>${sections.map(section).join('')}</main>
<script src="${script}"></script><script src="/gallery.js"></script></html>`
}

type Section = [title: string, buttons: string[]]

const states = ['idle', 'busy', 'fallback', 'error', 'done']
const themes = ['auto', 'light', 'dark', 'outline']
const locales = ['ar', 'de', 'en', 'es', 'fr', 'he', 'hi', 'it', 'ja', 'ko', 'pt', 'zh']

const sections: Section[] = [
  ['Themes', themes.map((theme) => `theme="${theme}"`)],
  ['Sizes', ['s', 'm', 'l'].map((size) => `size="${size}"`)],
  ['Words', ['signin', 'signup', 'continue'].map((text) => `text="${text}" shape="pill"`)],
  ['States', states.map((state) => `data-state="${state}"`).concat('disabled')],
  ['Icons', themes.map((theme) => `variant="icon" theme="${theme}" shape="pill"`)],
  ['States of an icon', states.map((state) => `variant="icon" data-state="${state}"`)],
  ['Across', ['class="wide"', 'class="wide" logo-alignment="start" theme="light"']],
  ['Own colours', ['class="own"', 'class="own" data-state="busy"', 'label="Enter with AutoGPT"']],
  ['Languages', locales.map((locale) => `locale="${locale}"`)],
  ['Failures', ['de', 'ar', 'hi', 'ja'].map((locale) => `locale="${locale}" data-state="error"`)],
]

const section = ([title, buttons]: Section) =>
  `<section><h2>${title}</h2><p>${buttons.map((attributes) => `<autogpt-signin client-id="c" ${attributes}></autogpt-signin>`).join(' ')}</p></section>`

/** A state is shown by what the element reads of itself, without an attempt. */
const galleryScript = `for (const element of document.querySelectorAll('[data-state]')) {
  Object.defineProperty(element, 'status', { value: element.dataset.state })
  element.setAttribute('status', element.dataset.state)
  element.requestUpdate()
}`

const galleryStyle = `:root { color-scheme: light dark; font-family: system-ui }
body { margin: 0; background: light-dark(#fff, #121317); color: light-dark(#17181c, #ececf1) }
main { padding: 1rem }
h2 { font-size: 0.875rem; margin: 1.5rem 0 0.5rem }
p { display: flex; flex-wrap: wrap; gap: 1rem; align-items: start; margin: 0 }
section:has([variant][data-state]) p { flex-direction: column; gap: 3rem; padding-block-end: 3rem }
.wide { inline-size: min(24rem, 100%) }
.own { --autogpt-signin-bg: #0f766e; --autogpt-signin-fg: #fff; --autogpt-signin-border: #0f766e; --autogpt-signin-radius: 2px; --autogpt-signin-font: Georgia, serif }`
