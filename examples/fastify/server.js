import { readFile } from 'node:fs/promises'
import cookie from '@fastify/cookie'
import session from '@fastify/session'
import fastify from 'fastify'
import * as oidc from 'openid-client'

const {
  ISSUER = 'http://localhost:4000',
  ORIGIN = 'http://localhost:5174',
  CLIENT_ID,
  CLIENT_SECRET,
  SESSION_SECRET,
} = process.env

const isPlain = new URL(ISSUER).protocol === 'http:'
const config = await oidc.discovery(
  new URL(ISSUER),
  CLIENT_ID,
  CLIENT_SECRET,
  undefined,
  // For a server on this machine only.
  isPlain ? { execute: [oidc.allowInsecureRequests] } : {},
)

const app = fastify()
await app.register(cookie)
// In memory, which one process is enough for; give it a store of yours.
await app.register(session, {
  secret: SESSION_SECRET,
  cookieName: 'session',
  cookie: { httpOnly: true, sameSite: 'lax', secure: ORIGIN.startsWith('https:') },
  saveUninitialized: false,
  // Each answer would put back what its request began with, over what another one has changed since.
  rolling: false,
})

/** Where backend-uri of the button leads. */
app.get('/auth/start', async (request, reply) => {
  const codeVerifier = oidc.randomPKCECodeVerifier()
  const state = oidc.randomState()
  const nonce = oidc.randomNonce()
  request.session.attempt = { codeVerifier, state, nonce, page: ownPage(request.query.return_to) }
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: `${ORIGIN}/auth/callback`,
    scope: 'openid profile email',
    code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  })
  return reply.redirect(url.href)
})

app.get('/auth/callback', async (request, reply) => {
  const { attempt } = request.session
  if (!attempt) return reply.code(400).send('This sign-in is over. Go back and begin again.')
  request.session.attempt = undefined
  const tokens = await oidc
    .authorizationCodeGrant(config, new URL(request.url, ORIGIN), {
      pkceCodeVerifier: attempt.codeVerifier,
      expectedState: attempt.state,
      expectedNonce: attempt.nonce,
      idTokenExpected: true,
    })
    .catch((error) => {
      request.log.warn(error)
    })
  if (!tokens) return reply.redirect(`${ORIGIN}/?signed-in=no`)
  // A session that somebody else may know must not become this person's.
  await request.session.regenerate()
  const { sub, name, email } = tokens.claims()
  request.session.person = { sub, name, email }
  return reply.redirect(attempt.page)
})

app.get('/me', async (request) => ({ person: request.session.person ?? null }))

app.post('/sign-out', async (request) => {
  await request.session.destroy()
  return {}
})

app.get('/', async (_request, reply) => {
  const page = await readFile(new URL('public/index.html', import.meta.url), 'utf8')
  return reply.type('text/html').send(page.replaceAll('http://localhost:4000', ISSUER))
})

app.get('/page.js', async (_request, reply) =>
  reply.type('text/javascript').send(await readFile(new URL('public/page.js', import.meta.url))),
)

/** A page of this site, whatever was asked for: never send people on to another one. */
function ownPage(path) {
  const url = URL.canParse(String(path), ORIGIN) ? new URL(String(path), ORIGIN) : new URL(ORIGIN)
  return url.origin === ORIGIN ? url.href : ORIGIN
}

await app.listen({ port: Number(new URL(ORIGIN).port), host: '127.0.0.1' })
