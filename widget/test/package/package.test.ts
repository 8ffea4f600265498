import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { problemAffectsResolutionKind } from '@arethetypeswrong/core/problems'
import { build } from 'esbuild'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { pack } from './packed.ts'

const { tarball, files, site } = pack()
const folder = join(site, 'node_modules/@autogpt/signin')
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
const entries = [
  '@autogpt/signin',
  ...['core', 'react', 'vue'].map((name) => `@autogpt/signin/${name}`),
]

test('the package holds what sites and editors use, and no sources', () => {
  for (const path of [
    'LICENSE',
    'README.md',
    'custom-elements.json',
    'dist/autogpt-signin.js',
    'dist/autogpt-signin.js.map',
    'dist/cdn/autogpt-signin.js',
    'dist/cdn/autogpt-signin.mjs',
    'dist/cdn/autogpt-signin.js.LEGAL.txt',
    'types/autogpt-signin.d.ts',
    'web-types.json',
  ]) {
    assert.ok(files.includes(path), path)
  }
  assert.deepEqual(
    files.filter((path) => /^(src|scripts|test)\/|tsconfig|\.(br|gz)$|\.stamp/.test(path)),
    [],
  )
})

test('publint finds nothing', async () => {
  const { messages } = await publint({ pkgDir: folder, level: 'suggestion', strict: true })

  assert.deepEqual(
    messages.map((message) => formatMessage(message, manifest)),
    [],
  )
})

// What attw calls the profile esm-only: neither require() nor the resolution of Node 10.
test('arethetypeswrong finds nothing that an ES module would meet', async () => {
  const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)), {
    excludeEntrypoints: [/\.json$/],
  })

  assert.ok(analysis.types)
  assert.deepEqual(Object.keys(analysis.entrypoints), ['.', './core', './react', './vue'])
  const problems = analysis.problems.filter((problem) =>
    (['node16-esm', 'bundler'] as const).some((kind) =>
      problemAffectsResolutionKind(problem, kind, analysis),
    ),
  )
  assert.deepEqual(problems, [])
})

test('a server that renders pages imports it, and nothing happens', () => {
  const imports = entries.map((name) => `await import('${name}')`).join('\n')
  const script = `${imports}\nif (typeof window !== 'undefined') throw new Error('a window')`

  const { status, stderr } = node(['--input-type=module', '--eval', script])

  assert.equal(status, 0, stderr)
  assert.equal(stderr, '')
})

// Without "sideEffects" a bundler would leave out the line that defines the element.
test('a bundler keeps the element of a bare import, and brings no Lit with the core', async () => {
  const element = await bundled(`import '@autogpt/signin'`)
  const core = await bundled(`import { signIn } from '@autogpt/signin/core'\nsignIn()`)

  assert.match(element, /customElements\.define\("autogpt-signin"/)
  assert.match(element, /from "lit"/)
  assert.doesNotMatch(core, /"lit"|customElements/)
})

test('plain TypeScript knows the element, its events and the core', () => {
  typesHold(
    'plain.ts',
    `import { type SignInSuccessEvent, SignInError } from '@autogpt/signin'
     import { signIn } from '@autogpt/signin/core'
     const element = document.createElement('autogpt-signin')
     element.theme = 'dark'
     element.addEventListener('autogpt-signin-success', (event) => {
       event satisfies SignInSuccessEvent
       if (event.detail.status === 'signed-in') event.detail.grantedScopes.includes('email')
       else event.detail.codeVerifier satisfies string
     })
     element.addEventListener('autogpt-signin-error', ({ detail }) => detail.code === 'network')
     signIn({ clientId: 'a', issuer: 'https://b.example' }).catch((error) => error instanceof SignInError)
     // @ts-expect-error: read only
     element.status = 'done'
     // @ts-expect-error: no such theme
     element.theme = 'blue'`,
  )
})

test('JSX of React 19 knows the element and its events', () => {
  typesHold(
    'react.tsx',
    `import '@autogpt/signin/react'
     export const good = (
       <autogpt-signin client-id="a" max-age={3} auto-prompt className="b"
         onautogpt-signin-success={({ detail }) => detail.via satisfies string} />
     )
     // @ts-expect-error: no such theme
     export const wrongTheme = <autogpt-signin client-id="a" theme="blue" />
     // @ts-expect-error: no attribute
     export const wrongStatus = <autogpt-signin client-id="a" status="done" />`,
  )
})

// The names that vue-tsc 3 asks for; it was tried with it.
test('templates of Vue 3 know the element and its events', () => {
  typesHold(
    'vue.ts',
    `import type { GlobalComponents } from 'vue'
     import '@autogpt/signin/vue'
     type Props = InstanceType<GlobalComponents['autogpt-signin']>['$props']
     export const good: Props = {
       clientId: 'a',
       size: 's',
       onAutogptSigninSuccess: ({ detail }) => detail.via satisfies string,
     }
     // @ts-expect-error: no such size
     export const wrong: Props = { size: 'xl' }`,
  )
})

const node = (args: string[]) => spawnSync(process.execPath, args, { cwd: site, encoding: 'utf8' })

async function bundled(contents: string): Promise<string> {
  const stdin = { contents, resolveDir: site }
  const external = ['lit']
  const result = await build({ stdin, external, bundle: true, format: 'esm', write: false })
  return result.outputFiles[0]?.text ?? ''
}

function typesHold(file: string, source: string): void {
  writeFileSync(join(site, file), source)
  const tsc = join(import.meta.dirname, '../../../node_modules/typescript/bin/tsc')
  for (const resolution of ['bundler', 'nodenext']) {
    const module = resolution === 'bundler' ? 'esnext' : resolution
    const options = [
      '--strict',
      '--noEmit',
      '--types',
      '',
      '--target',
      'es2022',
      '--jsx',
      'react-jsx',
    ]
    const resolving = ['--module', module, '--moduleResolution', resolution]
    const { status, stdout } = node([tsc, ...options, ...resolving, file])
    assert.equal(status, 0, `${resolution}: ${stdout}`)
  }
}
