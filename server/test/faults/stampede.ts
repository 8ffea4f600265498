import { Visitor } from '../visitor.ts'
import type { Installation } from './installation.ts'
import { formOf, type Person } from './race-forms.ts'

/** The same right sign-in, so many times at once; what each was answered. */
export async function stampede(
  { issuer }: Installation,
  { email, password }: Person,
  count: number,
): Promise<{ status: number; retryAfter: string | null }[]> {
  const visitor = new Visitor(issuer)
  const page = await visitor.go('/login')
  const cookie = await visitor.jar.getCookieString(page.url)
  const { path, body } = formOf(page, { email, password })
  const headers = { cookie, origin: issuer, accept: 'text/html' }
  return Promise.all(
    Array.from({ length: count }, async () => {
      const request = { method: 'POST', body, headers, redirect: 'manual' } as const
      const answer = await fetch(issuer + path, request)
      await answer.text()
      return { status: answer.status, retryAfter: answer.headers.get('retry-after') }
    }),
  )
}
