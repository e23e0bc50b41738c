import type { PathParams } from '../endpoint/contract/path-params.ts'
import type { InputOf } from '../endpoint/validation/schema.ts'
import type { UploadFile } from '../http/upload-file.ts'

/** What can be written as the text of a field. */
export type FieldValue = string | number | bigint | boolean | Date

/** Fields of a request that the contract need not know, such as `authorization`. */
export type MoreHeaders = Readonly<Record<string, unknown>>

/** What a call takes: what its contract declares, under the names of the parts. */
export type CallInput<Shape, At extends string = string> = ParamsInput<Shape, At> &
  PartInput<Shape, 'query'> &
  HeadersInput<Shape> &
  PartInput<Shape, 'cookies'> &
  BodyInput<Shape> &
  FormInput<Shape> & {
    /** Gives up when it aborts, also while the answer is being read. */
    readonly signal?: AbortSignal
  }

/** What opening a WebSocket takes. */
export type ConnectInput<Shape, At extends string = string> = ParamsInput<Shape, At> &
  PartInput<Shape, 'query'> &
  HeadersInput<Shape> &
  PartInput<Shape, 'cookies'> & {
    /** What is offered, in the order of preference. */
    readonly subprotocols?: readonly string[]
  }

// oxlint-disable-next-line typescript/no-generated-empty-object-type -- what asks for nothing takes it
type Nothing = Record<never, never>

/** The argument of a function, which may be missing when everything in it may be. */
export type OneInput<Input> = Nothing extends Input ? [input?: Input] : [input: Input]

type ParamsInput<Shape, At extends string> = Shape extends { readonly path: infer S }
  ? Part<'params', InputOf<S>>
  : keyof PathParams<At> extends never
    ? unknown
    : Part<'params', PathParams<At>>

type PartInput<Shape, Name extends string> =
  Shape extends Readonly<Record<Name, infer S>> ? Part<Name, InputOf<S>> : unknown

type HeadersInput<Shape> = Shape extends { readonly headers: infer S }
  ? Part<'headers', InputOf<S> & MoreHeaders>
  : { readonly headers?: MoreHeaders }

type BodyInput<Shape> = Shape extends { readonly body: infer S } ? Whole<'body', InputOf<S>> : unknown

type FormInput<Shape> = Shape extends { readonly form: infer S } ? Whole<'form', FormFields<InputOf<S>>> : unknown

/** Files are sent as the platform's; what the server makes of them is its own affair. */
type FormFields<Fields> = { [Name in keyof Fields]: FormField<Fields[Name]> }
type FormField<Value> = Value extends UploadFile
  ? Blob
  : Value extends readonly (infer Item)[]
    ? readonly FormField<Item>[]
    : Value

/** A part that may be missing when all of its fields may be. */
type Part<Name extends string, Value> = Nothing extends Value ? { readonly [Key in Name]?: Value } : Whole<Name, Value>

/** A part that is sent as a whole: an empty one is another thing than none. */
type Whole<Name extends string, Value> = undefined extends Value
  ? { readonly [Key in Name]?: Value }
  : { readonly [Key in Name]: Value }
