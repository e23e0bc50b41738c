import type { AnySchema, InputOf } from '../validation/schema.ts'
import type { StreamEvent } from './stream-event.ts'

/** How the items of a generator are sent. */
export type StreamFormat = 'json-lines' | 'events'

/** An answer that a contract declares. */
export interface ResponseDeclaration {
  /** Validates what the endpoint gives, and leaves out what it does not declare. Of a stream: each item. */
  readonly schema?: AnySchema
  /** Makes a stream of what the endpoint yields. */
  readonly stream?: StreamFormat
  /** Default: `application/json`; that of the format for a stream. `application/jsonl`, `application/x-ndjson` and `text/event-stream` imply one. */
  readonly mediaType?: string
  /** For the documentation. Default: the reason phrase. */
  readonly description?: string
  /** Fields of the answer, for the documentation. */
  readonly headers?: Readonly<Record<string, { readonly schema?: AnySchema; readonly description?: string }>>
  /** Examples by their names, for the documentation. */
  readonly examples?: Readonly<Record<string, unknown>>
  /** Links to other operations, for the documentation: OpenAPI link objects by their names. */
  readonly links?: Readonly<Record<string, unknown>>
}

/** A schema alone stands for a declaration with it, `null` for an answer without content. */
export type DeclaredResponse = ResponseDeclaration | AnySchema | null

/** Declared answers by their statuses. `default` and ranges such as `4XX` are documentation. */
export type Responses = {
  readonly [status: number]: DeclaredResponse
  readonly default?: DeclaredResponse
  readonly '1XX'?: DeclaredResponse
  readonly '2XX'?: DeclaredResponse
  readonly '3XX'?: DeclaredResponse
  readonly '4XX'?: DeclaredResponse
  readonly '5XX'?: DeclaredResponse
}

/** Declared answers by statuses that are numbers: of what was spread into an object literal the compiler knows them as text. */
export type ByStatus<Declared> = keyof Declared & `${number}` extends never
  ? Declared
  : { readonly [Key in keyof Declared as Key extends `${infer Status extends number}` ? Status : Key]: Declared[Key] }

/** What an endpoint may give for a declared answer. */
export type ContentOf<Declared> = Declared extends null
  ? void | undefined
  : Declared extends AnySchema
    ? InputOf<Declared>
    : Declared extends { readonly schema: infer S }
      ? StreamsIn<Declared> extends true
        ? Iterable<ItemOf<Declared, S>> | AsyncIterable<ItemOf<Declared, S>>
        : InputOf<S>
      : Declared extends { readonly stream: StreamFormat }
        ? Iterable<unknown> | AsyncIterable<unknown>
        : unknown

type StreamsIn<Declared> = Declared extends EventsDeclared | LinesDeclared ? true : false

/** What makes a stream of events, by its format or by its media type. */
export type EventsDeclared = { readonly stream: 'events' } | { readonly mediaType: OfType<'text/event-stream'> }
/** What makes a stream of JSON lines. */
export type LinesDeclared =
  | { readonly stream: 'json-lines' }
  | { readonly mediaType: OfType<'application/jsonl' | 'application/x-ndjson'> }

/** A media type with parameters or without. */
export type OfType<Essence extends string> = Essence | `${Essence};${string}`

type ItemOf<Declared, S> = Declared extends EventsDeclared ? InputOf<S> | StreamEvent<InputOf<S>> : InputOf<S>
