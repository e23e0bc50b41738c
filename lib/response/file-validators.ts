import type { Stats } from 'node:fs'
import { formatEntityTag } from '../http/entity-tag.ts'

/** What the validators of a file are made of. */
export type FileVersion = Pick<Stats, 'size' | 'mtimeMs'>

/**
 * Returns the entity tag of a file: its size and the time of its last change in microseconds. It is strong, since ranges
 * of a weakly named file could not be put together; to break it, a file would have to change twice within one tick of the
 * file system's clock and keep its size.
 *
 * @param variant Tells apart representations that are made of one file.
 */
export function fileEntityTag({ size, mtimeMs }: FileVersion, variant: string = ''): string {
  const version = `${size.toString(36)}-${Math.round(mtimeMs * 1000).toString(36)}`
  return formatEntityTag({ opaque: variant === '' ? version : `${version}-${variant}`, weak: false })
}

/**
 * Returns when a file was last changed. A time to come, as of a clock that was wrong, counts as now.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-8.8.2.1
 */
export function fileModifiedMs({ mtimeMs }: FileVersion, nowMs: number = Date.now()): number {
  return Math.min(mtimeMs, nowMs)
}
