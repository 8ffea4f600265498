export interface EventLoopDelay {
  /** By how much the loop is late, in milliseconds; smoothed, so that one hiccup is no load. */
  current(): number
  stop(): void
}

const every = 100

/**
 * How late timers fire. Node's monitorEventLoopDelay keeps a histogram for observers: whether it has
 * seen a block before the requests that piled up behind it is chance. A timer of our own always has,
 * since a turn of the loop runs timers before it reads sockets.
 */
export function eventLoopDelay(now: () => number = () => performance.now()): EventLoopDelay {
  let smoothed = 0
  let last = now()
  const timer = setInterval(() => {
    const late = Math.max(0, now() - last - every)
    smoothed = (2 * smoothed + late) / 3
    last = now()
  }, every).unref()
  return { current: () => smoothed, stop: () => clearInterval(timer) }
}
