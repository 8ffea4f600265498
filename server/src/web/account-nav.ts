import type { Locale } from './locale.ts'

const places = ['account', 'apps', 'keys'] as const

const paths = { account: '/account', apps: '/account/apps', keys: '/account/api-keys' }

/** The way between a person's own pages. */
export const accountNav = (locale: Locale, here: (typeof places)[number]) =>
  places.map((place) => ({
    href: paths[place],
    label: locale.messages.account.nav[place],
    current: place === here,
  }))
