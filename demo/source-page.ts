import { html } from 'hono/html'

/** The site's own source as a page, so that a link can lead to one function of it. */
export async function sourcePage(file: string, source: string): Promise<string> {
  return String(
    await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>How this works · Ada’s Agent Notebook</title>
<link rel="icon" type="image/svg+xml" href="/notebook.svg">
<link rel="stylesheet" href="/style.css">
<link rel="stylesheet" href="/parts.css">
</head>
<body>
<header class="site-header">
  <a class="brand" href="/"><img src="/notebook.svg" alt="" width="32" height="32"><span>Ada’s Agent Notebook</span></a>
</header>
<main>
  <h1>How this works</h1>
  <p class="lead">All of signing in, as this page’s browser runs it: <a href="/${file}"><code>${file}</code></a></p>
  <pre class="source" role="region" tabindex="0" aria-label="Source of ${file}"><code>${blocksOf(source).map(block)}</code></pre>
</main>
</body>
</html>
`,
  )
}

// Functions have no empty line inside, so what stands between two is one idea.
const blocksOf = (source: string) => source.trimEnd().split('\n\n')

const block = (text: string) => {
  const [, name] = /^export (?:async )?(?:function|const|class) (\w+)/m.exec(text) ?? []
  return name ? html`<span id="${name}">${text}</span>\n\n` : html`<span>${text}</span>\n\n`
}
