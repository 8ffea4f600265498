export interface LastWord {
  say(event: CustomEvent<unknown>): void
  forget(): void
  /** To be told of every listener that the element gets. */
  listenerAdded(type: string): void
}

/**
 * How an attempt ended, kept for a listener that comes late: after a redirect the answer may be
 * here before the page's own script. It is said again once, to the element alone, and only where
 * the element had no such listener; a framework that changes its listener hears nothing twice.
 */
export function lastWordOf(element: HTMLElement): LastWord {
  const heard = new Set<string>()
  let unheard: CustomEvent<unknown> | undefined
  return {
    say: (event) => {
      if (!heard.has(event.type)) unheard = event
      element.dispatchEvent(event)
    },
    forget: () => {
      unheard = undefined
    },
    listenerAdded: (type) => {
      heard.add(type)
      if (unheard?.type !== type) return
      const { detail } = unheard
      unheard = undefined
      queueMicrotask(() => element.dispatchEvent(new CustomEvent(type, { detail })))
    },
  }
}
