import { z } from 'zod'

/** Tells whether a database can hold a text: there is no NUL in it, and no half of a character. */
export function isStorable(text: string): boolean {
  return !/[\0\p{Surrogate}]/u.test(text)
}

/** Text that a database can hold. */
export const Text = z.string().refine(isStorable, 'Invalid string: it has a character that cannot be stored')
