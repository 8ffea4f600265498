// oidc-provider alone, as a process of its own; said to be ready by a line on standard output.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { exportJWK, generateKeyPair } from 'jose'
import { passwordHashing } from '../../server/src/login/passwords.ts'
import { app, challenge, codeLifetime, emailOf, nameOf, password, people } from '../world.ts'
import { answerInteraction } from './pages.ts'
import { ceilingProvider } from './provider.ts'

const port = Number(process.argv[2])
const passwords = passwordHashing()
const passwordHash = await passwords.hash(password)
const everybody = Array.from({ length: people }, (_, index) => ({
  id: `person-${index}`,
  email: emailOf(index),
  name: nameOf(index),
  passwordHash,
}))
const byId = new Map(everybody.map((person) => [person.id, person]))
const byEmail = new Map(everybody.map((person) => [person.email, person]))

const { privateKey } = await generateKeyPair('ES256', { extractable: true })
const signingKey = { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' }
const provider = ceilingProvider(`http://localhost:${port}`, signingKey, (id) => byId.get(id))
const library = provider.callback()
const parts = { provider, passwords, findByEmail: (email: string) => byEmail.get(email) }

createServer((req, res) => {
  const path = req.url ?? ''
  if (!path.startsWith('/interaction/') && !path.startsWith('/bench/')) return library(req, res)
  const answer = path.startsWith('/bench/') ? makeCodes : answerInteraction
  return answer(req, res, parts).catch((error: unknown) => {
    res.statusCode = 500
    res.end(String(error))
  })
}).listen(port, '127.0.0.1', () => process.stdout.write('ready\n'))

/** POST /bench/codes/{count}: codes ready for an exchange, each with a grant of its own. */
async function makeCodes(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const count = Number(req.url?.split('/').at(-1))
  const client = await provider.Client.find(app.clientId)
  if (!client) throw new Error('the client is missing')
  const codes: string[] = []
  for (let index = 0; index < count; index++) {
    const accountId = `person-${index % people}`
    const grant = new provider.Grant({ accountId, clientId: app.clientId })
    grant.addOIDCScope(app.scope)
    const code = new provider.AuthorizationCode({
      accountId,
      client,
      grantId: await grant.save(),
      gty: 'authorization_code',
      redirectUri: app.redirectUri,
      scope: app.scope,
      codeChallenge: challenge,
      codeChallengeMethod: 'S256',
      authTime: Math.floor(Date.now() / 1000),
      expiresIn: codeLifetime,
      amr: ['pwd'],
      sessionUid: 'bench',
    } as never)
    codes.push(await code.save())
  }
  res.end(JSON.stringify(codes))
}
