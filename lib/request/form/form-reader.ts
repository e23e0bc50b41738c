import { FormData } from '../../http/form-data.ts'
import { Headers } from '../../http/headers.ts'
import type { MediaType } from '../../http/media-type.ts'
import { defaultBodyTimeoutMs, tooLarge } from '../body.ts'
import { atCallEnd } from '../call-end.ts'
import type { EndingScope } from '../call-end.ts'
import { collectForm } from './collect-form.ts'
import { formLimits } from './form-limits.ts'
import type { FormLimits } from './form-limits.ts'
import { formCoding } from './form-media-type.ts'
import type { FormCoding } from './form-media-type.ts'
import { FormPart } from './form-part.ts'
import { readParts } from './multipart.ts'
import type { BodyChunks } from './multipart.ts'
import { Spool } from './spool.ts'
import type { SpoolOptions } from './spool.ts'
import { parseUrlencoded } from './urlencoded.ts'

export interface FormStreamOptions {
  /** Bounds on what the form may hold, where they differ from the defaults. */
  limits?: Partial<FormLimits>
  /** How long the client may pause, in milliseconds. Default: `body_timeout_ms` of the scope, else 60,000. Above: 408. */
  bodyTimeoutMs?: number
}

export interface FormOptions extends FormStreamOptions, SpoolOptions {}

/** A request as far as reading a form is concerned. */
export interface FormRequest {
  readonly scope: EndingScope & { max_body_bytes?: number | null; body_timeout_ms?: number | null }
  readonly headers: Headers
  readonly mediaType: MediaType | null
  bytes(options: { maxBodyBytes: number; bodyTimeoutMs: number }): Promise<Uint8Array>
  stream(options: { maxBodyBytes: number; bodyTimeoutMs: number }): BodyChunks
}

/** What the options and the request say together. */
interface Reading {
  readonly coding: FormCoding
  readonly limits: FormLimits
  /** Of the stream of the body. The parts are counted as they are read, and the body with them. */
  readonly maxBodyBytes: number
  readonly bodyTimeoutMs: number
}

/** Reads the whole form of a request; files are kept until the call of the app has ended. */
export async function readForm(request: FormRequest, options: FormOptions = {}): Promise<FormData> {
  const reading = prepare(request, options)
  const { coding, limits } = reading
  if (coding.type === 'urlencoded') return new FormData(await readFields(request, reading))
  const spool = new Spool(options)
  atCallEnd(request.scope, () => spool.release())
  return collectForm(readParts(request.stream(reading), coding.boundary, limits), spool)
}

/** Gives out the parts of a request's form as they arrive; the fields of an urlencoded form come when it is there. */
export async function* streamForm(
  request: FormRequest,
  options: FormStreamOptions = {},
): AsyncGenerator<FormPart, void, undefined> {
  const reading = prepare(request, options)
  const { coding, limits } = reading
  if (coding.type === 'multipart') yield* readParts(request.stream(reading), coding.boundary, limits)
  else for (const [name, value] of await readFields(request, reading)) yield fieldPart(name, value)
}

function prepare(request: FormRequest, options: FormStreamOptions): Reading {
  const limits = formLimits(options.limits, request.scope.max_body_bytes)
  const coding = formCoding(request.mediaType, request.headers.get('content-encoding'))
  const announced = request.headers.get('content-length')
  if (announced !== null && Number(announced) > limits.maxBodyBytes) throw tooLarge(limits.maxBodyBytes)
  return {
    coding,
    limits,
    maxBodyBytes: Infinity,
    bodyTimeoutMs: options.bodyTimeoutMs ?? request.scope.body_timeout_ms ?? defaultBodyTimeoutMs,
  }
}

async function readFields(
  request: FormRequest,
  { limits, bodyTimeoutMs }: Reading,
): Promise<[name: string, value: string][]> {
  const maxBodyBytes = Math.min(limits.maxBodyBytes, limits.maxFieldsBytes)
  const bytes = await request.bytes({ maxBodyBytes, bodyTimeoutMs })
  return parseUrlencoded(bytes, limits)
}

function fieldPart(name: string, value: string): FormPart {
  const chunks = [Buffer.from(value)]
  const head = { name, fileName: null, mediaType: null, headers: new Headers() }
  return new FormPart(head, async () => chunks.pop() ?? null)
}
