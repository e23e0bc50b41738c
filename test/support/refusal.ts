/** The pattern of an `HTTPException` with a status and, when given, this detail or the beginning of one. */
export function refusal(status: number, detail?: string): { name: string; code: string; message: RegExp } {
  const escaped = (detail ?? '').replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  return { name: 'HTTPException', code: 'STELLINE_HTTP_EXCEPTION', message: new RegExp(`^${status}: ${escaped}`) }
}
