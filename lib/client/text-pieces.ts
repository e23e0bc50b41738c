/**
 * Makes lines of the pieces of a text, wherever those are cut. Each piece is looked at once, so that a line costs no more than
 * its length, however many pieces it came in.
 */
export class TextPieces {
  readonly #end: RegExp | string
  #rest: string[] = []

  /** @param end What ends a line. The pieces must not cut it. */
  constructor(end: RegExp | string) {
    this.#end = end
  }

  /** Returns the lines that a piece completes. */
  push(piece: string): readonly string[] {
    const lines = piece.split(this.#end)
    const rest = lines.pop()!
    if (lines.length > 0) lines[0] = this.rest() + lines[0]!
    this.#rest.push(rest)
    return lines
  }

  /** Takes what stands after the last line. */
  rest(): string {
    return this.#rest.splice(0).join('')
  }
}
