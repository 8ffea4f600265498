/** The classes of events.ts, all alike. */
type Told = new (detail: unknown, init: EventInit) => CustomEvent<unknown>

/**
 * Keeps how an attempt ended for a listener that comes late: after a redirect the answer may be
 * here before the page's own script. It is said again once, to the element alone, and only where
 * the element had no such listener; a framework that changes its listener hears nothing twice.
 */
export function lastWordOf(element: HTMLElement) {
  const heard = new Set<string>()
  const { addEventListener } = element
  let unheard: CustomEvent<unknown> | undefined
  element.addEventListener = (...args: [type: string, listener: never, options?: never]) => {
    addEventListener.apply(element, args)
    const [type] = args
    heard.add(type)
    if (unheard?.type !== type) return
    const { constructor: Event, detail } = unheard
    unheard = undefined
    queueMicrotask(() => element.dispatchEvent(new (Event as Told)(detail, {})))
  }
  /** Without an event there is nothing to say any more. */
  return (event?: CustomEvent<unknown>): void => {
    unheard = event && !heard.has(event.type) ? event : undefined
    if (event) element.dispatchEvent(event)
  }
}
