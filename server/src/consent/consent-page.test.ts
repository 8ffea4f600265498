import assert from 'node:assert/strict'
import { test } from 'node:test'
import { localeByTag } from '#web/locale.ts'
import { type ConsentPage, consentPage } from './consent-page.ts'

const scope = (name: string, more = {}) => ({
  name,
  sentence: `${name} in plain words.`,
  sensitivity: 'normal' as const,
  legacy: false,
  optional: false,
  ...more,
})

const data: ConsentPage = {
  locale: localeByTag('en'),
  csrf: 'token',
  action: '/decide',
  switchAction: '/switch',
  client: {
    name: 'Notes',
    logoUrl: null,
    publisher: 'Acme',
    website: null,
    privacyUrl: 'https://notes.example/privacy',
    termsUrl: 'https://notes.example/terms',
    approved: true,
    redirectHost: 'notes.example',
  },
  account: { email: 'mira@example.com', name: 'Mira' },
  identity: true,
  whole: ['IDENTITY'],
  groups: [
    { group: 'agents', scopes: [scope('READ_GRAPH'), scope('SHARE_RUN', { optional: true })] },
  ],
}

const show = (changes: Partial<ConsentPage> = {}) => String(consentPage({ ...data, ...changes }))
const withClient = (client: Partial<ConsentPage['client']>) =>
  show({ client: { ...data.client, ...client } })
const withScope = (more: object) =>
  show({ groups: [{ group: 'agents', scopes: [scope('X', more)] }] })

test('it says who asks, where the answer goes and who one is (A97)', () => {
  const text = show()

  assert.match(text, /<h1><bdi>Notes<\/bdi>/)
  assert.match(text, /by <bdi>Acme<\/bdi>/)
  assert.match(text, /You return to<\/span> <strong><bdi>notes\.example</)
  assert.match(text, /<bdi>Mira<\/bdi>.*mira@example\.com/)
})

test('only optional scopes are choices, ticked at first', () => {
  const text = show()

  const boxes = text.match(/<input type="checkbox"[^>]*>/g)

  assert.deepEqual(boxes, [
    '<input type="checkbox" id="scope-SHARE_RUN" name="scope" value="SHARE_RUN" checked>',
  ])
  assert.match(text, /READ_GRAPH in plain words\./)
})

test('both answers are buttons of one form, and Enter alone never allows', () => {
  const form = /<form method="post" action="\/decide".*?<\/form>/s.exec(show())?.[0] ?? ''

  const buttons = form.match(/<button[^>]*>/g) ?? []
  const own = buttons.filter((button) => !button.includes('form="'))

  assert.match(own[0] ?? '', /name="decision" value="deny"/)
  assert.match(own[1] ?? '', /name="decision" value="approve"/)
  assert.equal(own.length, 2)
  assert.match(form, /<input type="hidden" name="_csrf" value="token">/)
})

test('another account is a form of its own', () => {
  const text = show()

  assert.match(text, /<form method="post" action="\/switch" id="switch-account">/)
  assert.match(text, /<button[^>]* form="switch-account">Use another account/)
})

test('spending, deleting and legacy are said in words', () => {
  assert.match(withScope({ sensitivity: 'spends' }), /Spends credits/)
  assert.match(withScope({ sensitivity: 'deletes' }), /Can delete/)
  assert.match(withScope({ legacy: true }), /Legacy/)
})

test('an app that nobody approved says so (A96, A98)', () => {
  const text = withClient({ approved: false, publisher: null })

  assert.match(text, /Nobody at AutoGPT has checked this app/)
  assert.match(text, /Publisher not stated/)
  assert.doesNotMatch(show(), /Nobody at AutoGPT/)
})

test('identity alone asks to sign in and shows no choice', () => {
  const text = show({ groups: [] })

  assert.match(text, /asks you to sign in with AutoGPT/)
  assert.match(text, /Know who you are/)
  assert.doesNotMatch(text, /checkbox/)
})

test('words of strangers are text and cannot turn the writing direction (A97, A127)', () => {
  const evil = '</title><script>x</script>"\u202Egnp\u2066\u0000{{7*7}}'
  const text = withClient({ name: evil, publisher: evil, description: evil })

  for (const bad of ['<script', '\u202E', '\u2066', '\u0000']) assert.ok(!text.includes(bad), bad)
  assert.match(text, /&lt;script&gt;x&lt;\/script&gt;&quot; gnp {2}\{\{7\*7\}\}/)
})

test('only web addresses become links and only https becomes a logo (A127)', () => {
  const text = withClient({
    website: 'javascript:alert(1)',
    privacyUrl: 'data:text/html,x',
    termsUrl: ' javascript:alert(1)',
    logoUrl: 'http://notes.example/logo.png',
  })

  assert.doesNotMatch(text, /javascript:|data:|logo\.png/)
  assert.match(text, /names no terms of use and no privacy policy/)
})

test('a logo keeps its place, and without one the initials stand there', () => {
  const text = withClient({ logoUrl: 'https://notes.example/logo.png' })

  assert.match(text, /class="app-logo"><img src="https:\/\/notes\.example\/logo\.png" alt="">/)
  assert.match(withClient({ name: 'my big notes' }), /class="app-logo" aria-hidden="true">MB</)
  assert.match(withClient({ name: 'Ada’s notebook' }), />AN</)
  assert.match(withClient({ name: '👩‍🚀' }), /aria-hidden="true">👩‍🚀</)
})

test('what was allowed before is counted', () => {
  assert.match(show({ alreadyGranted: 3 }), /already allow it 3 more things/)
  assert.doesNotMatch(show({ alreadyGranted: 0 }), /already allow/)
})

test('an unknown group shows its own name, whatever it is', () => {
  const text = show({ groups: [{ group: '__proto__', scopes: [scope('X')] }] })

  assert.match(text, /<h3>__proto__<\/h3>/)
})

test('German readers get German sentences', () => {
  const text = show({ locale: localeByTag('de') })

  assert.match(text, /<html lang="de">/)
  assert.match(text, />Ablehnen<.*>Erlauben</s)
})
