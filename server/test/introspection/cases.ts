import fc, { type Arbitrary } from 'fast-check'
import { type CallerName, callerNames, type Kind, kinds, stateNames } from './world.ts'

/** What is presented: a token of the world, one a little beside it, or nothing of the kind. */
export type Presented =
  | { kind: Kind; owner: CallerName; state: string; spoilt?: Spoilt | undefined }
  | { junk: string }

export const spoilings = {
  longer: (token: string) => `${token}x`,
  shorter: (token: string) => token.slice(0, -1),
  'with a space': (token: string) => `${token} `,
  'with a line': (token: string) => `${token}\n`,
  'with a NUL': (token: string) => `${token}\0`,
  'with a dot': (token: string) => `${token}.`,
  'in dots': (token: string) => `${token}.a.b`,
  'of another kind': (token: string) => token.replace(/_(xt_[um]|rt_)/, '_xt_m'),
  'of a third kind': (token: string) => token.replace(/_(xt_[um]|rt_)/, '_rt_'),
  'of no kind': (token: string) => token.slice('agpt_xt_'.length),
  capital: (token: string) => token.toUpperCase(),
  'after a mark': (token: string) => `\ufeff${token}`,
}
export type Spoilt = keyof typeof spoilings

const jwt = `${btoa('{"alg":"none"}')}.${btoa('{"sub":"x"}')}.`
const junk = [
  '',
  'x',
  'agpt_xt_',
  'agpt_xt_u',
  'agpt_rt_',
  'agpt_xt_x0123456789',
  jwt,
  `agpt_xt_u${jwt}`,
  `${jwt}..`,
  'a.b.c',
  'é😀',
  '%',
  'x'.repeat(9000),
]

export const secretNames = ['first', 'second', 'ending', 'over'] as const
export const wrongSecrets = ['wrong', 'hashed', 'of another', 'empty', 'odd', 'not ASCII'] as const
export type SecretName = (typeof secretNames)[number] | (typeof wrongSecrets)[number]

export const proofs = [
  'basic',
  'body',
  'basic beside its client_id',
  'basic beside an empty client_id',
  'basic beside an empty secret',
  'basic beside the client_id of another',
  'basic and body',
  'basic in capitals',
  'basic all percent',
  'basic with plus',
  'basic not encoded',
  'basic without padding',
  'basic with broken percent',
  'basic with a NUL',
  'basic without a colon',
  'basic of two words',
  'basic of nothing',
  'bearer',
  'an empty header',
  'client_id alone',
  'secret alone',
  'nothing',
] as const

/** One request, as it is before it is written down. */
export interface Case {
  presented: Presented
  caller: CallerName | 'the owner'
  secret: SecretName
  proof: (typeof proofs)[number]
  hint: string | undefined
  twice: string | undefined
  extra: [name: string, value: string] | undefined
  type: string | undefined
  headers: Record<string, string>
  path: string
  /** Of a JSON body: a value that is no text. */
  odd: 'number' | 'array' | 'null' | 'lone surrogate' | undefined
}

const of = <T>(...values: readonly T[]) => fc.constantFrom(...values)

/** Mostly the ordinary value, since a request with two oddities shows only the first. */
const mostly = <T>(ordinary: Arbitrary<T>, odd: Arbitrary<T>, weight = 14): Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: ordinary }, { weight: 1, arbitrary: odd })

const none = fc.constant(undefined)

const presented: Arbitrary<Presented> = mostly<Presented>(
  fc.record({
    kind: of(...kinds),
    owner: fc.oneof(of<CallerName>('app', 'machine'), of(...callerNames)),
    state: fc.oneof(of('live', 'as the library makes them'), of(...stateNames)),
    spoilt: mostly<Spoilt | undefined>(none, of(...(Object.keys(spoilings) as Spoilt[]))),
  }),
  fc.record({ junk: of(...junk) }),
)

const header = fc.oneof(
  fc.record({ origin: of('https://app.example', 'https://evil.test', 'null', '') }),
  fc.record({
    accept: of(
      '*/*',
      'application/json',
      'text/html',
      'text/*;q=0.5, application/json;q=0.1',
      'application/token-introspection+jwt',
      'image/png',
    ),
  }),
  fc.record({ dpop: of('x') }),
  fc.record({ 'oauth-client-attestation': of('x') }),
  fc.record({ 'oauth-client-attestation-pop': of('x') }),
  fc.record({ 'content-encoding': of('gzip', 'identity') }),
  fc.record({ 'transfer-encoding': of('chunked') }),
)

export const requests: Arbitrary<Case> = fc.record({
  presented,
  caller: fc.oneof(
    { weight: 4, arbitrary: of<Case['caller']>('the owner', 'reader') },
    { weight: 1, arbitrary: of<Case['caller']>(...callerNames) },
  ),
  secret: mostly<SecretName>(
    of(...secretNames.slice(0, 3)),
    of(...secretNames, ...wrongSecrets),
    6,
  ),
  proof: fc.oneof(
    { weight: 3, arbitrary: of<Case['proof']>('basic', 'body') },
    { weight: 1, arbitrary: of(...proofs) },
  ),
  hint: fc.oneof(
    { weight: 3, arbitrary: fc.constant<string | undefined>(undefined) },
    of('access_token', 'refresh_token', 'nonsense', '', 'urn:ietf:params:oauth:token-type:x'),
  ),
  twice: mostly<string | undefined>(
    none,
    of('token', 'token_type_hint', 'client_id', 'client_secret', 'x'),
    20,
  ),
  extra: mostly<Case['extra']>(
    none,
    of(
      ['x', 'y'],
      ['client_assertion', 'a.b.c'],
      ['client_assertion_type', 'urn:x'],
      ['scope', 'openid'],
      ['token[]', 'x'],
      ['__proto__', 'x'],
      ['toString', 'x'],
      ['', ''],
    ),
  ),
  type: fc.oneof(
    { weight: 5, arbitrary: of<Case['type']>('application/x-www-form-urlencoded') },
    {
      weight: 3,
      arbitrary: of<Case['type']>(
        'application/json',
        'application/x-www-form-urlencoded;charset=UTF-8',
      ),
    },
    {
      weight: 1,
      arbitrary: of<Case['type']>(
        undefined,
        'application/json; charset=utf-8',
        'application/JSON',
        'application/vnd.x+json',
        'APPLICATION/x-www-form-urlencoded',
        'application/x-www-form-urlencoded; charset="utf-8"',
        'application/x-www-form-urlencoded; charset=latin1',
        'application/x-www-form-urlencoded; charset=bogus',
        'application/x-www-form-urlencoded; charset=utf-8; x=y',
        'multipart/form-data; boundary=x',
        'text/plain',
      ),
    },
  ),
  headers: mostly<Record<string, string>>(
    fc.constant({}),
    header as Arbitrary<Record<string, string>>,
    6,
  ),
  path: mostly(
    of('/api/oauth/introspect'),
    of('/api/oauth/introspect?token=x', '/api/oauth/introspect/', '/API/oauth/introspect'),
    30,
  ),
  odd: mostly<Case['odd']>(none, of('number', 'array', 'null', 'lone surrogate'), 20),
})
