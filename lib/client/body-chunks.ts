/** The text of a body as it comes. Leaving the loop cancels the body, which closes the connection. */
export async function* textChunks(body: ReadableStream<Uint8Array> | null): AsyncGenerator<string, void, undefined> {
  if (body === null) return
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let isComplete = false
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      yield decoder.decode(value, { stream: true })
    }
    isComplete = true
    yield decoder.decode()
  } finally {
    // What has failed cannot be cancelled any more; the failure is what the caller learns.
    if (!isComplete) await reader.cancel().catch(() => {})
  }
}
