import { type HotSpot, hotSpots } from '../hot-spots.ts'
import { Inspector } from '../inspector.ts'
import { aligned } from '../table.ts'
import { onStage } from './gateway.ts'
import { countCalls, measure } from './load.ts'

/** What a call through the gateway costs and where. */
export function profileGateway(seconds: number, say: (line: string) => void): Promise<void> {
  return onStage(true, async ({ server, targets, tokens }) => {
    const load = { target: targets.gateway, tokens, seconds }
    await measure({ ...load, seconds: 1 })
    const inspector = await Inspector.connect(server.inspector ?? '')
    await inspector.start()
    const calls = await countCalls(load)
    const { functions, packages, ours } = hotSpots(await inspector.stop(), calls)
    inspector.close()
    say('\n## a call through the gateway\n')
    say(spotsTable('package', packages.slice(0, 12)))
    say(`\n${spotsTable('function', functions.slice(0, 25))}`)
    say(`\n${spotsTable('our function, with what it calls', ours.slice(0, 25))}`)
  })
}

/** Markdown. */
export const spotsTable = (what: string, spots: HotSpot[]): string =>
  aligned([
    ['µs', 'share', what],
    ...spots.map(({ name, microseconds, share }) => [
      microseconds.toFixed(1),
      `${(share * 100).toFixed(1)} %`,
      name,
    ]),
  ])
