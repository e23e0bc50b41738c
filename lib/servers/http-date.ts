let text = ''

/**
 * The value of a `date` field for now. Written once a second, when somebody asks: formatting it takes longer than answering,
 * and the clock is not looked at for each answer.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1
 */
export function currentDate(): string {
  if (text === '') {
    const now = Date.now()
    text = new Date(now).toUTCString()
    setTimeout(forget, 1000 - (now % 1000)).unref()
  }
  return text
}

function forget(): void {
  text = ''
}
