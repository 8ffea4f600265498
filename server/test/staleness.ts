import assert from 'node:assert/strict'

/** Milliseconds: what a node may remember of a machine, the keys or a caller (docs/operate.md). */
const bound = 1000

/** Says when the last request began that was answered as before the change. */
export async function staleness(isOld: () => Promise<boolean>, change: () => Promise<unknown>) {
  assert.equal(await isOld(), true)
  await change()
  const changed = performance.now()
  let last: number | undefined
  while (true) {
    const begun = performance.now() - changed
    if (!(await isOld())) break
    last = begun
    assert.ok(begun < bound, `still the old answer after ${Math.round(begun)} ms`)
  }
  return last === undefined ? 'at the next request' : `until ${Math.round(last)} ms`
}
