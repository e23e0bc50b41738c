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
  /** Default: `application/json`; that of the format for a stream. `application/jsonl` and `text/event-stream` imply one. */
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

type EventsDeclared = { readonly stream: 'events' } | { readonly mediaType: 'text/event-stream' }
type LinesDeclared = { readonly stream: 'json-lines' } | { readonly mediaType: 'application/jsonl' }

type ItemOf<Declared, S> = Declared extends EventsDeclared ? InputOf<S> | StreamEvent<InputOf<S>> : InputOf<S>
