/** Returns the word that a mistyped one was probably meant to be, or null when none is near. */
export function closest(mistyped: string, words: Iterable<string>): string | null {
  let best: string | null = null
  // One slip of the finger in four letters, and two in any word.
  let bound = Math.max(2, Math.floor(mistyped.length / 4)) + 1
  for (const word of words) {
    const edits = editDistance(mistyped, word)
    if (edits >= bound) continue
    best = word
    bound = edits
  }
  return best
}

/** How many letters must be added, left out or replaced to make one word of another (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[to.length]!
}
