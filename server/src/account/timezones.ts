/** IANA names to choose from; UTC is missing in the runtime's list. */
export const timezones: readonly string[] = [
  ...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')]),
]

/** Also aliases such as Asia/Calcutta, which other browsers and an administrator may send. */
export function isTimezone(name: string): boolean {
  if (!/^[A-Za-z][\w+\-/]{0,63}$/.test(name)) return false
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}
