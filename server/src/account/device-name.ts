import bowser from 'bowser'

/** Browser and system, as the browser names itself; undefined: it says nothing that is known. */
export function deviceName(userAgent: string): string | undefined {
  if (!userAgent) return undefined
  const { browser, os } = bowser.parse(userAgent)
  return [browser.name, os.name].filter(Boolean).join(' · ') || undefined
}
