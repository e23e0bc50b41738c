import { withoutSpace } from './optional-space.ts'

/**
 * Returns the members of a field value that is a comma-separated list, without the spaces and tabs around them; empty
 * members are dropped. Quoted strings are not looked into.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1
 */
export function listMembers(value: string): string[] {
  return value
    .split(',')
    .map(withoutSpace)
    .filter((member) => member !== '')
}

const member = /(?:[^",]|"(?:[^"\\]|\\.)*"?)+/gs

/** Like {@link listMembers}; a comma within a quoted string belongs to its member, which keeps its quotation marks. */
export function quotedListMembers(value: string): string[] {
  if (!value.includes('"')) return listMembers(value)
  // A text with a quotation mark has a member.
  return value
    .match(member)!
    .map(withoutSpace)
    .filter((text) => text !== '')
}
