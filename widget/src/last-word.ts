/** The classes of events.ts, all alike. */
type Told = new (detail: unknown, init: EventInit) => CustomEvent<unknown>

/**
 * Keeps how an attempt ended for a listener that comes late: after a redirect the answer may be
 * here before the page's own script. It is said again once, to the element alone, and only where
 * the element had no such listener; a framework that changes its listener hears nothing twice.
 */
export function lastWordOf(element: HTMLElement) {
  const heard = new Set<string>()
  let unheard: CustomEvent<unknown> | undefined
  return {
    /** Without an event there is nothing to say any more. */
    say: (event?: CustomEvent<unknown>) => {
      unheard = event && !heard.has(event.type) ? event : undefined
      if (event) element.dispatchEvent(event)
    },
    /** To be told of every listener that the element gets. */
    listenerAdded: (type: string) => {
      heard.add(type)
      if (unheard?.type !== type) return
      const { constructor: Event, detail } = unheard
      unheard = undefined
      queueMicrotask(() => element.dispatchEvent(new (Event as Told)(detail, {})))
    },
  }
}
