import type { Locale } from './locale.ts'

/** What a person reads about a problem: the sentences of its slug, else those of its status. */
export function problemWords(
  { messages: { errors } }: Locale,
  { status, slug, message }: { status: number; slug?: string; message?: string },
): { title: string; message: string; hint?: string } {
  const bySlug = slug !== undefined && Object.hasOwn(errors.bySlug, slug) && errors.bySlug[slug]
  if (bySlug) return bySlug
  const { wrongRequest, ourFault } = errors
  const words = errors.byStatus[status] ?? (status < 500 ? wrongRequest : ourFault)
  // A problem made of a bare status has nothing of its own to say.
  return message && !slug?.startsWith('status-') ? { ...words, message } : words
}
