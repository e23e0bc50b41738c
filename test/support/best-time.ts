/** Returns the shortest time of five runs, in milliseconds: a busy machine is not what is measured. */
export function bestMs(run: () => void): number {
  const times = Array.from({ length: 5 }, () => {
    const startMs = performance.now()
    run()
    return performance.now() - startMs
  })
  return Math.min(...times)
}
