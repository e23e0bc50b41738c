import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

type Collect = (options?: { readonly type?: 'minor'; readonly execution?: 'async' }) => void | Promise<void>

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as Collect

const times = 400
/** What every call drags along: so many bytes that a few kept calls show. */
const ballastBytes = 2400

/** Collects everything that is not needed any more, when nothing runs. */
export async function collectAll(): Promise<void> {
  await collect({ execution: 'async' })
}

/**
 * Calls something many times with an object of its own each time, and returns how many of these objects outlive a
 * collection of the young ones, as a share from 0 to 1. A call whose parts do is paid for with each further collection.
 */
export async function shareOfSurvivors(call: (ballast: object) => Promise<unknown>): Promise<number> {
  // In the first round everything is compiled and every lazy part is made.
  await callOften(call)
  await collectAll()
  const before = youngBytes()
  await callOften(call)
  void collect({ type: 'minor' })
  return (youngBytes() - before) / (times * ballastBytes)
}

async function callOften(call: (ballast: object) => Promise<unknown>): Promise<void> {
  for (let count = 0; count < times; count += 1) await call(Array.from({ length: ballastBytes / 8 }, () => 0.5))
}

function youngBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')!.space_used_size
}
