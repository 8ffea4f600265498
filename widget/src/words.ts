/** What the button says. A label stays short: it stands on one line of a small screen. */
export interface Words {
  signin: string
  signup: string
  continue: string
  /** Said while an attempt is under way. */
  busy: string
  /** The label where only another click can open the window. */
  fallback: string
  error: string
}
