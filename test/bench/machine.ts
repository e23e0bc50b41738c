import { cpus } from 'node:os'
import { loadGenerator } from './load.ts'

/** What the figures were measured on. */
export interface Machine {
  readonly date: string
  readonly node: string
  readonly cpu: string
  readonly cores: number
  readonly system: string
  readonly load: string
}

export function describeMachine(): Machine {
  const all = cpus()
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    cpu: all[0]?.model ?? 'unknown',
    cores: all.length,
    system: `${process.platform} ${process.arch}`,
    load: loadGenerator,
  }
}
