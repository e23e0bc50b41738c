import type { FieldError } from '../endpoint/validation/field-error.ts'
import type { PartName } from '../endpoint/validation/part.ts'
import type {
  ByStatus,
  EventsDeclared,
  LinesDeclared,
  OfType,
  StreamFormat,
} from '../endpoint/contract/response-declaration.ts'
import type { AnySchema, OutputOf } from '../endpoint/validation/schema.ts'
import type { EventItems } from './event-items.ts'
import type { JSONForm } from './json-form.ts'

/** What a server has answered. */
export interface Answer<Status extends number = number, Data = unknown> {
  readonly status: Status
  /** The content as the contract declares it: a value, text, a `Blob`, or items as they come. */
  readonly data: Data
  readonly headers: Headers
  /** The platform's own. Its body is read already, unless `data` is a stream. */
  readonly response: Response
}

/** What is wrong with a request, as a server says it by default. @see https://www.rfc-editor.org/rfc/rfc9457 */
export interface ValidationProblem {
  readonly type: string
  readonly title: string
  readonly status: number
  /** Everything that is wrong, part by part. */
  readonly errors: readonly FieldError[]
}

/**
 * What a contract may be answered with, told apart by `status`: what it declares, and 422 where a schema reads the request.
 * Everything is possible where it declares nothing.
 */
export type AnswerOf<Shape, By = unknown> = Shape extends { readonly responses: infer Declared }
  ? AnswerAmong<ByStatus<Declared>, Shape, By>
  : Answer

type AnswerAmong<Declared, Shape, By> =
  | { [Key in keyof Declared]: DeclaredAnswer<Key, Declared, By> }[keyof Declared]
  | (Implied422<Shape, Declared> extends true ? Answer<422, ValidationProblem> : never)

/** The content of the successes of a contract. */
export type SuccessOf<Shape, By = unknown> = Shape extends { readonly responses: infer Declared }
  ? SuccessAmong<ByStatus<Declared>, By>
  : unknown

type SuccessAmong<Declared, By> =
  Extract<keyof Declared, SuccessKey> extends never
    ? unknown
    : ContentFor<Declared[Extract<keyof Declared, SuccessKey>], By>

type SuccessKey = Ranges['2XX'] | '2XX'

type DeclaredAnswer<Key, Declared, By> =
  StatusOf<Key, keyof Declared> extends infer Status extends number
    ? [Status] extends [never]
      ? never
      : Answer<Status, ContentFor<Declared[Key & keyof Declared], By>>
    : never

/** The statuses that a key stands for: a range and `default` are what the others leave. */
type StatusOf<Key, Keys> = Key extends number
  ? Key
  : Key extends keyof Ranges
    ? Exclude<Ranges[Key], Keys>
    : Key extends 'default'
      ? Exclude<Ranges[keyof Ranges], Keys | Ranges[Keys & keyof Ranges]>
      : never

/** The registered statuses. @see https://www.iana.org/assignments/http-status-codes */
interface Ranges {
  '1XX': never
  '2XX': 200 | 201 | 202 | 203 | 204 | 205 | 206 | 207 | 208 | 226
  '3XX': 300 | 301 | 302 | 303 | 304 | 305 | 307 | 308
  '4XX': ClientFault
  '5XX': 500 | 501 | 502 | 503 | 504 | 505 | 506 | 507 | 508 | 510 | 511
}

type ClientFault =
  | (400 | 401 | 402 | 403 | 404 | 405 | 406 | 407 | 408 | 409 | 410 | 411 | 412 | 413 | 414)
  | (415 | 416 | 417 | 421 | 422 | 423 | 424 | 425 | 426 | 428 | 429 | 431 | 451)

type Implied422<Shape, Declared> =
  Extract<keyof Declared, 422 | '4XX' | 'default'> extends never
    ? Extract<keyof Shape, PartName> extends never
      ? false
      : true
    : false

type ContentFor<Declared, By> = By extends 'HEAD' ? undefined : DataOf<Declared>

/** What a client makes of a declared answer. */
export type DataOf<Declared> = Declared extends null
  ? undefined
  : Declared extends AnySchema
    ? JSONForm<OutputOf<Declared>>
    : Declared extends EventsDeclared
      ? EventItems<ItemOf<Declared>>
      : Declared extends LinesDeclared
        ? AsyncIterable<ItemOf<Declared>>
        : Declared extends { readonly stream: StreamFormat }
          ? AsyncIterable<ItemOf<Declared>>
          : Declared extends { readonly mediaType: infer Type }
            ? string extends Type
              ? unknown
              : Type extends OfType<'application/json' | `${string}+json`>
                ? ItemOf<Declared>
                : Type extends `text/${string}`
                  ? string
                  : Blob
            : ItemOf<Declared>

type ItemOf<Declared> = Declared extends { readonly schema: infer S } ? JSONForm<OutputOf<S>> : unknown
