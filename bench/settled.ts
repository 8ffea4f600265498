import { setTimeout as sleep } from 'node:timers/promises'

/** A moment for a server that has just started: what it does once should not be measured. */
export const settled = (): Promise<void> => sleep(1000)
