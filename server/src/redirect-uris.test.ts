import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { nearestRedirectUri, redirectUriMatches, redirectUriProblem } from './redirect-uris.ts'

const types = ['web', 'spa', 'native'] as const

suite('redirect_uri registration', () => {
  const allowed = [
    'https://app.example/callback',
    'https://app.example',
    'https://app.example:8443/cb?tenant=1&next=%2Fhome',
    'https://xn--80a.example/cb',
    'https://app.example/~user/cb;v=1',
    'https://My.App.example/Callback',
    // A10, A12 as the contract has them: http on loopback hosts, for every type of app
    'http://localhost:9876/callback',
    'http://app.localhost:3000/cb',
    'http://127.0.0.1/cb',
    'http://[::1]:51004/cb',
  ]
  for (const uri of allowed) {
    test(`${uri} may be registered by every type that has users`, () => {
      for (const type of types) assert.equal(redirectUriProblem(uri, type), undefined)
    })
  }

  const refused: [uri: string, advice: RegExp][] = [
    ['', /whole URI/],
    ['/cb', /whole URI/],
    ['//app.example/cb', /whole URI/],
    ['app.example/cb', /whole URI/],
    ['HTTPS://app.example/cb', /lower-case scheme/],
    ['https:app.example/cb', /whole address/],
    ['https:///cb', /whole address/],
    ['https://', /whole address/],
    ['https://?x', /whole address/],
    ['https://app.example:99999/cb', /whole address/],
    ['https://app.example:abc/cb', /whole address/],
    ['https://app.example:/cb', /port/],
    ['https://app.example:0/cb', /port/],
    ['https://app.example./cb', /dot at the end/],
    ['https://0x7f.1/cb', /host as 127\.0\.0\.1/],
    ['https://2130706433/cb', /host as 127\.0\.0\.1/],
    ['https://%61.example/cb', /host as a\.example/],
    // A5
    ['https://app.example/cb#frag', /#/],
    ['https://app.example/cb#', /#/],
    // A6
    ['https://app.example@evil.test/cb', /user name/],
    ['https://app.example:pw@evil.test/cb', /user name/],
    ['https://evil.test\\@app.example/cb', /\\/],
    // A7
    ['https://app.example/cb/../evil', /\.\. segments/],
    ['https://app.example/./cb', /\.\. segments/],
    ['https://app.example/cb/..;x/evil', /\.\. segments/],
    ['https://app.example/cb/%2e%2e/evil', /plainly/],
    ['https://app.example/cb/..%2fevil', /plainly/],
    ['https://app.example/cb/%252E%252e/evil', /plainly/],
    ['https://app.example/cb%5cevil', /plainly/],
    ['https://app.example/cb%00', /control/],
    ['https://app.example/cb%0d%0aX:1', /control/],
    ['https://app.example/cb?x=%2500', /control/],
    ['https://app.example/%zz', /%25/],
    ['https://app.example/cb%', /%25/],
    // A9
    ['https://а.example/cb', /punycode/],
    ['https://app.example/cb\u2028', /control/],
    ['https://app.example/cb\u202e', /control/],
    ['https://app.example/c b', /spaces/],
    [' https://app.example/cb', /spaces/],
    ['https://app.example/cb\n', /spaces/],
    ['https://app.example/cb\0', /spaces/],
    ['https://app.example/"><script>', /Percent-encode/],
    ['https://app.example/{{7*7}}', /Wildcards/],
    // A10, RFC 9700 2.6
    ['http://app.example/cb', /https/],
    ['http://localhost.evil.test/cb', /https/],
    ['http://127.0.0.1.evil.test/cb', /https/],
    ['http://127.0.0.2/cb', /https/],
    ['http://evil.test#@localhost/cb', /#/],
    ['http://192.168.0.10/cb', /https/],
    // A18
    [`https://app.example/${'a'.repeat(2048)}`, /2048/],
    // A19
    ['https://*.app.example/cb', /Wildcards/],
    ['https://app.example/*', /Wildcards/],
    // A13
    ['javascript:alert(1)', /never/],
    ['JavaScript:alert(1)', /lower-case scheme/],
    ['data:text/html,x', /never/],
    ['vbscript:x', /never/],
    ['file:///etc/passwd', /never/],
    ['blob:https://app.example/1', /never/],
    ['about:blank', /never/],
    ['intent://scan/', /never/],
    ['ms-settings:privacy', /never/],
    ['ms-x.example:/cb', /never/],
    ['view-source:https://app.example', /never/],
    ['filesystem:https://app.example/x', /never/],
    ['ftp://app.example/cb', /never/],
    ['ws://app.example/cb', /never/],
    ['urn:ietf:wg:oauth:2.0:oob', /never/],
  ]
  for (const [uri, advice] of refused) {
    test(`${JSON.stringify(uri.slice(0, 60))} is refused with advice`, () => {
      for (const type of types) assert.match(redirectUriProblem(uri, type) ?? 'allowed', advice)
    })
  }

  test('a scheme of its own is for native apps, under a domain in reverse', () => {
    // A13, RFC 8252 7.1
    assert.equal(redirectUriProblem('com.example.app:/cb', 'native'), undefined)
    assert.equal(redirectUriProblem('com.example.app://cb', 'native'), undefined)
    assert.match(redirectUriProblem('myapp://cb', 'native') ?? '', /com\.example\.app/)
    assert.match(redirectUriProblem('com.example.app:', 'native') ?? '', /path/)
    assert.match(redirectUriProblem('com.example.app:cb', 'native') ?? '', /path/)
    assert.match(redirectUriProblem('com.example.app://me@cb', 'native') ?? '', /user name/)
    assert.match(redirectUriProblem('com.example.app:/../cb', 'native') ?? '', /segments/)
    assert.match(redirectUriProblem('com.example.app:/cb', 'web') ?? '', /native/)
    assert.match(redirectUriProblem('com.example.app:/cb', 'spa') ?? '', /native/)
  })

  test('a machine app has none', () => {
    assert.match(redirectUriProblem('https://app.example/cb', 'machine') ?? '', /machine/)
  })
})

suite('redirect_uri matching', () => {
  const matches: [sent: string, registered: string, expected: boolean][] = [
    ['https://a.example/cb', 'https://a.example/cb', true],
    ['https://other.example/cb', 'https://a.example/cb', false], // A1
    ['https://a.example/cb/', 'https://a.example/cb', false], // A2
    ['https://a.example/CB', 'https://a.example/cb', false], // A3, RFC 9700 2.1
    ['HTTPS://A.EXAMPLE/cb', 'https://a.example/cb', false], // A3
    ['https://a.example/cb?x=1', 'https://a.example/cb', false], // A4
    ['https://a.example/cb', 'https://a.example/cb?x=1', false], // A4
    ['https://a.example/cb?y=2&x=1', 'https://a.example/cb?x=1&y=2', false], // A4
    ['https://a.example/cb#frag', 'https://a.example/cb', false], // A5
    ['https://a.example/cb#', 'https://a.example/cb', false], // A5
    ['https://a.example@evil.test/cb', 'https://a.example/cb', false], // A6
    ['https://evil.test#@a.example/cb', 'https://a.example/cb', false], // A6
    ['https://evil.test\\@a.example/cb', 'https://a.example/cb', false], // A6
    ['https://a.example/cb/../evil', 'https://a.example/cb', false], // A7
    ['https://a.example/cb%00', 'https://a.example/cb', false], // A7
    ['https://a.example.evil.test/cb', 'https://a.example/cb', false], // A8
    ['https://evila.example/cb', 'https://a.example/cb', false], // A8
    ['https://a.example:443/cb', 'https://a.example/cb', false], // A8
    ['https://a.example./cb', 'https://a.example/cb', false], // A8
    ['https://а.example/cb', 'https://xn--80a.example/cb', false], // A9
    ['http://a.example/cb', 'https://a.example/cb', false], // A10
    // A11, RFC 8252 7.3
    ['http://127.0.0.1:51004/cb', 'http://127.0.0.1/cb', true],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51004/cb', true],
    ['http://127.0.0.1:1/cb?x=1', 'http://127.0.0.1:2/cb?x=1', true],
    ['http://127.0.0.1:51004', 'http://127.0.0.1', true],
    ['http://[::1]:51004/cb', 'http://[::1]/cb', true],
    ['http://127.0.0.1:0/cb', 'http://127.0.0.1/cb', false],
    ['http://127.0.0.1:99999/cb', 'http://127.0.0.1/cb', false],
    ['http://127.0.0.1:080/cb', 'http://127.0.0.1/cb', false],
    ['http://127.0.0.1:abc/cb', 'http://127.0.0.1/cb', false],
    ['http://127.0.0.1:/cb', 'http://127.0.0.1/cb', false],
    ['http://127.0.0.1:51004/cb2', 'http://127.0.0.1/cb', false],
    ['http://127.0.0.1:51004/cb/', 'http://127.0.0.1/cb', false],
    ['http://127.0.0.1:51004/cb\n', 'http://127.0.0.1/cb', false],
    ['http://127.0.0.2:5/cb', 'http://127.0.0.1/cb', false],
    ['http://127.0.0.1.evil.test:5/cb', 'http://127.0.0.1/cb', false],
    ['http://127.0.0.1:5@evil.test/cb', 'http://127.0.0.1/cb', false],
    ['http://127.0.0.1:5\\@evil.test/cb', 'http://127.0.0.1/cb', false],
    ['https://127.0.0.1:5/cb', 'http://127.0.0.1/cb', false],
    ['http://127.0.0.1:5/cb', 'http://[::1]/cb', false],
    ['http://localhost:5/cb', 'http://127.0.0.1/cb', false],
    ['http://localhost:5/cb', 'http://localhost/cb', false],
    ['http://app.localhost:5/cb', 'http://app.localhost:6/cb', false],
    ['', 'https://a.example/cb', false],
  ]
  for (const [sent, registered, expected] of matches) {
    test(`${JSON.stringify(sent)} ${expected ? 'is' : 'is not'} ${registered}`, () => {
      assert.equal(redirectUriMatches(sent, ['https://first.example/', registered]), expected)
    })
  }

  test('nothing matches when nothing is registered', () => {
    assert.equal(redirectUriMatches('https://a.example/cb', []), false)
  })
})

suite('the nearest registered redirect_uri', () => {
  const cases: [sent: string, registered: string, differences: string[]][] = [
    ['https://a.example/cb/', 'https://a.example/cb', ['trailing-slash']],
    ['https://a.example/CB', 'https://a.example/cb', ['case']],
    ['HTTPS://A.example/cb', 'https://a.example/cb', ['case']],
    ['http://a.example/cb', 'https://a.example/cb', ['scheme']],
    ['https://b.example:8443/x', 'https://a.example/cb', ['host', 'port', 'path']],
    ['https://a.example/cb?x=1', 'https://a.example/cb', ['query']],
    ['https://a.example/cb#', 'https://a.example/cb', ['fragment']],
    ['https://me@a.example/cb', 'https://a.example/cb', ['credentials']],
    ['http://[::1]:5/cb2', 'http://[::1]:6/cb', ['path']],
    ['http://127.0.0.1:99999/cb', 'http://127.0.0.1:6/cb', ['port']],
    ['http://localhost:3001/cb', 'http://localhost:3000/cb', ['port']],
    ['/cb', 'https://a.example/cb', ['scheme', 'host']],
    ['not a uri', 'https://a.example/cb', ['scheme', 'host', 'path']],
  ]
  for (const [sent, registered, differences] of cases) {
    test(`${sent} differs from ${registered} in ${differences.join(', ')}`, () => {
      assert.deepEqual(nearestRedirectUri(sent, [registered]), { uri: registered, differences })
    })
  }

  test('is the one that differs least', () => {
    const registered = [
      'https://b.example/cb',
      'http://localhost:3000/cb',
      'https://a.example/callback',
    ]

    assert.equal(
      nearestRedirectUri('https://a.example/cb', registered)?.uri,
      'https://a.example/callback',
    )
    assert.equal(nearestRedirectUri('http://localhost:3001/cb', registered)?.uri, registered[1])
    assert.equal(nearestRedirectUri('https://a.example/cb', []), undefined)
  })
})
