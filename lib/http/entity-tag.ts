import { show } from '../spec/violations.ts'

/** The name of one version of a representation. */
export interface EntityTag {
  /** What stands between the quotes. */
  readonly opaque: string
  /** True when versions that share the tag mean the same but may differ in their bytes. */
  readonly weak: boolean
}

const tagPattern = /(W\/)?"([!#-~\x80-\xff]*)"(?=[ \t]*(?:,|$))/y

/**
 * Reads one entity tag, such as `"a1"` or `W/"a1"`.
 *
 * @returns `null` for anything else.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3
 */
export function parseEntityTag(value: string): EntityTag | null {
  const tag = tagAt(value, 0)
  return tag !== null && formatEntityTag(tag).length === value.length ? tag : null
}

/**
 * Writes an entity tag as it stands in a field.
 *
 * @throws TypeError for an opaque part with quotes, spaces or control characters, or with characters above U+00FF.
 */
export function formatEntityTag({ opaque, weak }: EntityTag): string {
  if (!/^[!#-~\x80-\xff]*$/.test(opaque)) {
    throw new TypeError(
      `Cannot write the entity tag ${show(opaque)}: expected bytes without quotes, spaces and control characters`,
    )
  }
  return weak ? `W/"${opaque}"` : `"${opaque}"`
}

/**
 * Reads the list of `if-match` or `if-none-match`. Members that are no entity tags are left out.
 *
 * @returns `'*'` for the star, which stands for any version.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1
 */
export function parseEntityTags(value: string): EntityTag[] | '*' {
  if (value.trim() === '*') return '*'
  const tags: EntityTag[] = []
  let index = afterSeparators(value, 0)
  while (index < value.length) {
    const tag = tagAt(value, index)
    if (tag !== null) tags.push(tag)
    // A tag may hold commas; only what is none is skipped to the next one.
    index = afterSeparators(value, tag === null ? afterComma(value, index) : tagPattern.lastIndex)
  }
  return tags
}

/** Tells whether two tags name the same bytes: equal, and neither of them weak. */
export function strongMatch(one: EntityTag, other: EntityTag): boolean {
  return !one.weak && !other.weak && one.opaque === other.opaque
}

/** Tells whether two tags name the same content, whether they are weak or not. */
export function weakMatch(one: EntityTag, other: EntityTag): boolean {
  return one.opaque === other.opaque
}

function tagAt(value: string, index: number): EntityTag | null {
  tagPattern.lastIndex = index
  const match = tagPattern.exec(value)
  return match === null ? null : { opaque: match[2]!, weak: match[1] !== undefined }
}

function afterComma(value: string, index: number): number {
  const comma = value.indexOf(',', index)
  return comma < 0 ? value.length : comma + 1
}

function afterSeparators(value: string, from: number): number {
  let index = from
  while (index < value.length && ' \t,'.includes(value[index]!)) index++
  return index
}
