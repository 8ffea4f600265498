import { html } from 'hono/html'

interface ButtonPage {
  issuer: string
  clientId: string
}

interface Way {
  title: string
  text: string
  attributes: Record<string, string>
}

const ways: Way[] = [
  {
    title: 'Automatic',
    text: 'Your browser’s own dialog where it has one, else a window, else a redirect.',
    attributes: {},
  },
  {
    title: 'By FedCM',
    text: 'The browser’s own dialog and nothing else; a browser without one says so.',
    attributes: { flow: 'fedcm' },
  },
  {
    title: 'In a window',
    text: 'A small window; this page stays as it is.',
    attributes: { flow: 'popup' },
  },
  {
    title: 'By redirect',
    text: 'This tab goes to AutoGPT and comes back. Works everywhere.',
    attributes: { flow: 'redirect' },
  },
  {
    title: 'More permissions',
    text: 'Two that you may untick. The notebook learns which ones it has.',
    attributes: { scope: 'openid profile email READ_LIBRARY RUN_AGENT', text: 'continue' },
  },
  {
    title: 'A code for a backend',
    text: 'No tokens in the page: it gets a code that the site’s own server would redeem.',
    attributes: { 'response-type': 'code', theme: 'outline' },
  },
]

/** The same notebook, signing people in with the button: a script tag and an element. */
export async function buttonPage({ issuer, clientId }: ButtonPage): Promise<string> {
  return String(
    await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>The sign-in button · Ada’s Agent Notebook</title>
<script src="${issuer}/widget/v1/autogpt-signin.js"></script>
<link rel="icon" type="image/svg+xml" href="/notebook.svg">
<link rel="stylesheet" href="/style.css">
<link rel="stylesheet" href="/parts.css">
<link rel="stylesheet" href="/sections.css">
<link rel="stylesheet" href="/button.css">
<script type="module" src="/button.js"></script>
</head>
<body>
<a class="skip-link" href="#main">Skip to content</a>

<header class="site-header">
  <a class="brand" href="/"><img src="/notebook.svg" alt="" width="32" height="32"><span>Ada’s Agent Notebook</span></a>
  <p class="demo-mark">Demo app</p>
</header>

<main id="main" tabindex="-1">
  <noscript><p class="notice">The button is a script, so this page needs JavaScript. AutoGPT’s own pages do not.</p></noscript>
  <div>
    <h1>The sign-in button</h1>
    <p class="lead">A script tag, an element, and one listener: <a href="/button.js"><code>button.js</code></a></p>
  </div>

  <div id="outcome" class="notice calm" role="status">
    <h2 data-slot="title">Nobody is signed in here</h2>
    <p data-slot="text">Press any of the buttons.</p>
    <dl class="facts" data-slot="facts"></dl>
    <button id="forget" class="button" type="button" hidden>Forget me here</button>
  </div>

  <div class="cards">
    ${ways.map((way) => card(way, clientId))}
  </div>
</main>

<footer class="site-footer">
  <p>The same without the button, step by step: <a href="/">Ada’s Agent Notebook</a>.</p>
</footer>
</body>
</html>
`,
  )
}

const card = ({ title, text, attributes }: Way, clientId: string) => {
  const id = title.toLowerCase().replaceAll(' ', '-')
  const pairs = Object.entries({ 'client-id': clientId, ...attributes })
  const written = pairs.map(([name, value]) => html` ${name}="${value}"`)
  const source = pairs.map(([name, value]) => `\n  ${name}="${value}"`).join('')
  return html`<section class="card" aria-labelledby="${id}-title">
      <h2 id="${id}-title">${title}</h2>
      <p class="small">${text}</p>
      <autogpt-signin id="${id}"${written}></autogpt-signin>
      <pre class="source" role="region" tabindex="0" aria-label="HTML: ${title}"><code>&lt;autogpt-signin${source}&gt;
&lt;/autogpt-signin&gt;</code></pre>
    </section>
    `
}
